// Keeps tap from reading the source maps of packages. Tap sets the variable of its processes itself,
// and they read it when they import tap: only what is required is earlier.
// biome-ignore lint/style/noProcessEnv: it configures tap
process.env['_TAPJS_PROCESSINFO_EXCLUDE_'] = String(
  /^(node|tapmock):|[\\/](\.tap|node_modules)[\\/]/,
)
