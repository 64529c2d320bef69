"""clickhouse-connect and SQLAlchemy against an endpoint; prints one JSON line of its checks."""

import datetime
import decimal
import json
import sys
import threading
import time
import uuid
from urllib.parse import urlsplit

import clickhouse_connect
import sqlalchemy
from clickhouse_connect.driver.exceptions import DatabaseError

address = urlsplit(sys.argv[1])
place = {"host": address.hostname, "port": address.port, "database": "millrace"}
titles = int(sys.argv[2])
checks = {}


def check(name):
    def register(function):
        checks[name] = function
        return function

    return register


def equal(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r} is not {wanted!r}")


def connect(**options):
    return clickhouse_connect.get_client(**place, **options)


@check("values of every type")
def values():
    query = """select toInt64(-9223372036854775808), toUInt64(18446744073709551615), 1.5::Float64,
      'Ünï', toFixedString('ab', 2), toDate('2020-02-29'), toDateTime64('2020-02-29 12:00:00.123', 3, 'UTC'),
      null::Nullable(Int32), ['a', 'b'], map('k', 1), (1, 'x'), toLowCardinality('low'),
      cast('b', 'Enum8(\\'a\\' = 1, \\'b\\' = 2)'), toDecimal64('1.25', 2),
      toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'), true, [null, 1]"""
    row = connect().query(query).result_rows[0]
    zone = datetime.timezone.utc
    moment = datetime.datetime(2020, 2, 29, 12, 0, 0, 123000)
    equal(row[6].astimezone(zone).replace(tzinfo=None) if row[6].tzinfo else row[6], moment)
    equal(
        row[:6] + row[7:],
        (
            -9223372036854775808,
            18446744073709551615,
            1.5,
            "Ünï",
            b"ab",
            datetime.date(2020, 2, 29),
            None,
            ["a", "b"],
            {"k": 1},
            (1, "x"),
            "low",
            "b",
            decimal.Decimal("1.25"),
            uuid.UUID("61f0c404-5cb3-11e7-907b-a6006ad3dba0"),
            True,
            [None, 1],
        ),
    )


@check("every compression")
def compression():
    for method in (False, "lz4", "zstd", "gzip"):
        client = connect(compress=method)
        numbers = client.query("select number from numbers(200000)").result_columns[0]
        equal(sum(numbers), 19999900000)
        equal(client.query("select count() from items").result_rows, [(titles,)])


@check("parameters")
def parameters():
    client = connect()
    query = "select {a:String}, {b:Nullable(String)}, {c:Array(String)}, {d:DateTime}, {e:Int32}"
    given = {"a": "O'Brien\t\\", "b": None, "c": ["it's", "a,b"], "e": -1}
    given["d"] = datetime.datetime(2020, 1, 2, 3, 4, 5)
    wanted = ("O'Brien\t\\", None, ["it's", "a,b"], datetime.datetime(2020, 1, 2, 3, 4, 5), -1)
    equal(client.query(query, parameters=given).result_rows, [wanted])
    form = connect(form_encode_query_params=True)
    equal(form.query(query, parameters=given).result_rows, [wanted])
    old = client.query("select %(x)s, %(y)s", parameters={"x": "O'Brien", "y": ["it's"]})
    equal(old.result_rows, [("O'Brien", ["it's"])])


@check("settings")
def settings():
    found = connect().query("select number from numbers(10)", settings={"max_result_rows": 100})
    equal(len(found.result_rows), 10)


@check("errors")
def errors():
    for query, code in (("select from where", 62), ("select * from nowhere", 60), ("drop table items", 164)):
        try:
            connect().query(query) if query.startswith("select") else connect().command(query)
        except DatabaseError as error:
            if f"code {code}" not in str(error) and f"Code: {code}" not in str(error):
                raise
        else:
            raise AssertionError(f"{query} was answered")


@check("a stream of blocks")
def stream():
    with connect().query_row_block_stream("select number from numbers(300000)") as blocks:
        equal(sum(row[0] for block in blocks for row in block), 44999850000)


@check("raw formats")
def raw():
    client = connect()
    equal(client.raw_query("select 1 as a", fmt="JSONEachRow"), b'{"a":1}\n')
    with client.raw_stream("select 2 as a", fmt="CSV") as answer:
        equal(answer.read(), b"2\n")


@check("SQLAlchemy reflection")
def reflection():
    engine = sqlalchemy.create_engine(
        f"clickhousedb://default@{address.hostname}:{address.port}/millrace"
    )
    inspector = sqlalchemy.inspect(engine)
    equal(inspector.get_schema_names(), ["millrace"])
    for table in ("items", "impressions", "rewards"):
        if table not in inspector.get_table_names():
            raise AssertionError(f"{table} is not among {inspector.get_table_names()}")
    if "ctr_by_variant" not in inspector.get_table_names() + inspector.get_view_names():
        raise AssertionError("ctr_by_variant is not there")
    columns = {column["name"]: str(column["type"]) for column in inspector.get_columns("items")}
    equal(columns["itemId"], "String")
    items = sqlalchemy.Table("items", sqlalchemy.MetaData(), autoload_with=engine)
    with engine.connect() as connection:
        count = sqlalchemy.select(sqlalchemy.func.count()).select_from(items)
        equal(connection.execute(count).scalar(), titles)
        chosen = sqlalchemy.select(items.c.title).where(items.c.itemId == "1")
        equal(connection.execute(chosen).scalar(), "Toy Story (1995)")
        text = sqlalchemy.text("select :name")
        equal(connection.execute(text, {"name": "O'Brien"}).scalar(), "O'Brien")


@check("KILL QUERY")
def kill():
    name = str(uuid.uuid4())
    said = []

    def slow():
        try:
            connect().query(
                "select count() from numbers(1000000000000) where not ignore(sipHash64(number))",
                settings={"query_id": name},
            )
        except DatabaseError as error:
            said.append(str(error))

    thread = threading.Thread(target=slow)
    thread.start()
    time.sleep(1)
    connect().command(f"KILL QUERY WHERE query_id = '{name}'")
    thread.join(5)
    if thread.is_alive() or "394" not in said[0]:
        raise AssertionError(f"the query went on: {said}")


failed = []
for name, function in checks.items():
    try:
        function()
    except Exception as error:  # Every failure is a row of the report.
        failed.append(f"{name}: {type(error).__name__}: {error}"[:2000])
print(json.dumps({"version": clickhouse_connect.__version__, "checks": list(checks), "failed": failed}))
