"""Cases for `langchain-kinetica`."""

import sys

from gpudb import GPUdb
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.outputs import Generation
from langchain_kinetica import (
    ChatKinetica,
    KineticaLoader,
    KineticaSqlOutputParser,
    KineticaVectorstore,
)

sys.path.insert(0, f"{sys.path[0]}/..")
from report import equal, run


def connect(url: str) -> GPUdb:
    options = GPUdb.Options()
    options.disable_failover = True
    options.max_retries = 0
    return GPUdb(host=url, options=options)


def loads(url: str) -> None:
    loader = KineticaLoader("select * from orders", connect(url), metadata_columns=["id"])
    documents = loader.load()
    equal([one.page_content for one in documents], ["id: 1\nnote: a", "id: 2\nnote: None"])
    equal([one.metadata for one in documents], [{"id": 1}, {"id": 2}])


def chats(url: str) -> None:
    chat = ChatKinetica(kdbc=connect(url))
    equal(chat.invoke("How many orders are there?").content, "select count(*) from orders")


def reads_context(url: str) -> None:
    chat = ChatKinetica(kdbc=connect(url))
    messages = chat.load_messages_from_context("sales")
    equal([one.type for one in messages], ["system", "human", "ai"])
    equal(messages[2].content, "select count(*) from orders")


def parses_sql(url: str) -> None:
    parser = KineticaSqlOutputParser(kdbc=connect(url))
    answer = parser.parse_result([Generation(text="select * from orders")])
    equal(list(answer.dataframe.columns), ["id", "note"])
    equal(answer.dataframe["id"].tolist(), [1, 2])


def searches(url: str) -> None:
    store = KineticaVectorstore(DeterministicFakeEmbedding(size=2), kdbc=connect(url))
    found = store.similarity_search_with_score("fruit", k=2)
    equal([(one.page_content, score) for one, score in found], [("apples", 0.25), ("pears", 0.5)])
    equal(found[0][0].metadata, {"shelf": 1})


def stores(url: str) -> None:
    database = connect(url)
    embedding = DeterministicFakeEmbedding(size=2)
    store = KineticaVectorstore.from_texts(
        ["apples", "pears"], embedding, [{"shelf": 1}, {}], database, "fruit"
    )
    equal(store.EmbeddingStore.size(), 2)
    records = database.get_records_and_decode("langchain.fruit")["records"]
    equal([record["text"] for record in records], ["apples", "pears"])


CASES = {
    "loads": loads,
    "chats": chats,
    "reads-context": reads_context,
    "parses-sql": parses_sql,
    "searches": searches,
    "stores": stores,
}
run(CASES, sys.argv)
