// ClickHouse's JDBC driver against an endpoint, as DBeaver uses it; prints one JSON line of its checks.

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

public class Client {
  interface Check {
    void run() throws Exception;
  }

  static String url;
  static long titles;

  static Connection connect(String... options) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "default");
    for (int at = 0; at < options.length; at += 2) properties.setProperty(options[at], options[at + 1]);
    return DriverManager.getConnection(url, properties);
  }

  static void equal(Object found, Object wanted) {
    if (!Objects.equals(found, wanted)) throw new AssertionError(found + " is not " + wanted);
  }

  static List<String> column(ResultSet rows, String name) throws SQLException {
    List<String> found = new ArrayList<>();
    while (rows.next()) found.add(rows.getString(name));
    return found;
  }

  static void values() throws Exception {
    String query =
        "select toInt64(-9223372036854775808) a, toUInt64(18446744073709551615) b, 1.5::Float64 c, "
            + "'Ünï' d, toDate('2020-02-29') e, null::Nullable(Int32) f, ['a', 'b'] g, map('k', 1) h, "
            + "toLowCardinality('low') i, toDecimal64('1.25', 2) j, true k, "
            + "cast('b', 'Enum8(\\'a\\' = 1, \\'b\\' = 2)') l";
    try (Connection open = connect();
        ResultSet row = open.createStatement().executeQuery(query)) {
      equal(row.next(), true);
      equal(row.getLong("a"), Long.MIN_VALUE);
      equal(row.getObject("b").toString(), new BigInteger("18446744073709551615").toString());
      equal(row.getDouble("c"), 1.5);
      equal(row.getString("d"), "Ünï");
      equal(row.getString("e"), "2020-02-29");
      equal(row.getObject("f"), null);
      equal(((Object[]) row.getArray("g").getArray())[1], "b");
      equal(((Map<?, ?>) row.getObject("h")).get("k").toString(), "1");
      equal(row.getString("i"), "low");
      equal(row.getBigDecimal("j"), new BigDecimal("1.25"));
      equal(row.getBoolean("k"), true);
      equal(row.getString("l"), "b");
      equal(row.next(), false);
    }
  }

  static void compression() throws Exception {
    for (String[] options :
        new String[][] {
          {"compress", "true"},
          {"compress", "false"},
          {"compress", "true", "client.use_http_compression", "true"},
        })
      try (Connection open = connect(options);
          ResultSet rows =
              open.createStatement().executeQuery("select number n from numbers(200000)")) {
        long sum = 0;
        while (rows.next()) sum += rows.getLong(1);
        equal(sum, 19999900000L);
      }
  }

  static void catalogue() throws Exception {
    try (Connection open = connect()) {
      DatabaseMetaData about = open.getMetaData();
      equal(about.getDatabaseProductName(), "ClickHouse");
      equal(column(about.getSchemas(), "TABLE_SCHEM"), List.of("millrace"));
      about.getCatalogs().close();
      List<String> types = column(about.getTableTypes(), "TABLE_TYPE");
      equal(types.contains("TABLE") && types.contains("VIEW"), true);
      List<String> tables = column(about.getTables(null, "millrace", "%", null), "TABLE_NAME");
      equal(tables.contains("items") && tables.contains("ctr_by_variant"), true);
      List<String> elsewhere = column(about.getTables(null, "millrace_ingest", "%", null), "TABLE_NAME");
      equal(elsewhere, List.of());
      try (ResultSet views = about.getTables(null, "millrace", "ctr%", new String[] {"VIEW"})) {
        equal(column(views, "TABLE_NAME").contains("ctr_by_variant"), true);
      }
      try (ResultSet columns = about.getColumns(null, "millrace", "items", "%")) {
        equal(columns.next(), true);
        equal(columns.getString("COLUMN_NAME"), "itemId");
        equal(columns.getString("TYPE_NAME"), "String");
      }
      equal(column(about.getPrimaryKeys(null, "millrace", "items"), "COLUMN_NAME"), List.of("_key"));
      about.getIndexInfo(null, "millrace", "items", false, false).close();
      about.getImportedKeys(null, "millrace", "items").close();
      about.getTypeInfo().close();
      about.getFunctions(null, null, "%").close();
      about.getProcedures(null, null, "%").close();
    }
  }

  static void prepared() throws Exception {
    String query = "select count() from items where title = ? or title in (?, ?) or itemId = ?";
    try (Connection open = connect();
        PreparedStatement statement = open.prepareStatement(query)) {
      statement.setString(1, "Toy Story (1995)");
      statement.setString(2, "O'Brien \\ \t");
      statement.setString(3, "it's");
      statement.setString(4, "2");
      ResultSet rows = statement.executeQuery();
      rows.next();
      equal(rows.getLong(1), 2L);
    }
    try (Connection open = connect();
        PreparedStatement statement = open.prepareStatement("select ?, ?, ?")) {
      statement.setString(1, "O'Brien \\ \t");
      statement.setObject(2, null);
      statement.setArray(3, open.createArrayOf("String", new Object[] {"it's", "a,b"}));
      ResultSet rows = statement.executeQuery();
      rows.next();
      equal(rows.getString(1), "O'Brien \\ \t");
      equal(rows.getObject(2), null);
      equal(((Object[]) rows.getArray(3).getArray())[0], "it's");
    }
  }

  static void errors() throws Exception {
    Map<String, Integer> wanted = new LinkedHashMap<>();
    wanted.put("select * from nowhere", 60);
    wanted.put("select nothing from items", 47);
    wanted.put("drop table items", 164);
    try (Connection open = connect();
        Statement statement = open.createStatement()) {
      for (Map.Entry<String, Integer> one : wanted.entrySet())
        try {
          statement.execute(one.getKey());
          throw new AssertionError(one.getKey() + " was answered");
        } catch (SQLException error) {
          equal(error.getErrorCode(), one.getValue());
        }
    }
  }

  static void limits() throws Exception {
    try (Connection open = connect();
        Statement statement = open.createStatement()) {
      statement.setMaxRows(10);
      statement.setQueryTimeout(5);
      ResultSet rows = statement.executeQuery("select number from numbers(100000)");
      int count = 0;
      while (rows.next()) count += 1;
      equal(count, 10);
    }
  }

  static void cancel() throws Exception {
    String query = "select count() from numbers(1000000000000) where not ignore(sipHash64(number))";
    try (Connection open = connect();
        Statement statement = open.createStatement()) {
      Exception[] said = new Exception[1];
      Thread asking =
          new Thread(
              () -> {
                try {
                  statement.executeQuery(query);
                } catch (Exception error) {
                  said[0] = error;
                }
              });
      asking.start();
      Thread.sleep(1000);
      statement.cancel();
      asking.join(5000);
      if (asking.isAlive()) throw new AssertionError("the query went on");
      if (said[0] == null) throw new AssertionError("the query was answered");
    }
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char one : text.toCharArray())
      if (one < ' ' || one == '"' || one == '\\') out.append(String.format("\\u%04x", (int) one));
      else out.append(one);
    return out.append('"').toString();
  }

  public static void main(String[] arguments) throws Exception {
    url = "jdbc:clickhouse:" + arguments[0] + "/millrace";
    titles = Long.parseLong(arguments[1]);
    Map<String, Check> checks = new LinkedHashMap<>();
    checks.put("values of every type", Client::values);
    checks.put("every compression", Client::compression);
    checks.put("getTables, getColumns, getPrimaryKeys and the like", Client::catalogue);
    checks.put("prepared statements", Client::prepared);
    checks.put("errors", Client::errors);
    checks.put("setMaxRows, setQueryTimeout", Client::limits);
    checks.put("cancel", Client::cancel);
    List<String> failed = new ArrayList<>();
    for (Map.Entry<String, Check> check : checks.entrySet())
      try {
        check.getValue().run();
      } catch (Throwable error) {
        StringBuilder why = new StringBuilder();
        for (Throwable one = error; one != null; one = one.getCause()) why.append(one).append("; ");
        failed.add(quoted(check.getKey() + ": " + why));
      }
    String version;
    try (Connection open = connect()) {
      version = open.getMetaData().getDriverVersion();
    }
    System.out.println(
        "{\"version\": "
            + quoted(version)
            + ", \"checks\": ["
            + String.join(", ", checks.keySet().stream().map(Client::quoted).toList())
            + "], \"failed\": ["
            + String.join(", ", failed)
            + "]}");
    System.exit(0);
  }
}
