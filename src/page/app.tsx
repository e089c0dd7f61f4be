import { JobSection } from '../page-lists/job-section.tsx'
import { ClockBar } from './clock-bar.tsx'
import { HelpDialog } from './help-dialog.tsx'
import { Inspector } from './inspector.tsx'
import { NoticeBar } from './notice-bar.tsx'
import { ScopeList } from './scope-list.tsx'
import { TabSection } from './tab-section.tsx'
import { TokenForm } from './token-form.tsx'
import { TopBar } from './top-bar.tsx'

/** The whole page. */
export function App() {
  return (
    <>
      <TopBar />
      <ScopeList />
      <main class="main">
        <ClockBar />
        <div class="lists">
          <JobSection />
          <TabSection />
        </div>
        <Inspector />
      </main>
      <NoticeBar />
      <HelpDialog />
      <TokenForm />
    </>
  )
}
