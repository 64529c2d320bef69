import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** The "attribute" job as a Kafka Streams (Processor API) application; see README.md for its exact semantics. */
public final class Attribute {
  static final long WINDOW_MS = 30_000;
  static final int RECENT_KEPT = 50;
  static final int RECENT_EMITTED = 20;

  // ---- Schemas (as in bench/attribute/topics.ts) -------------------------------------------------------------------
  static final String TS = "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}";
  static final String EXAMPLE_SCHEMA = "{\"type\":\"record\",\"name\":\"Example\",\"fields\":["
      + "{\"name\":\"impressionId\",\"type\":\"string\"},{\"name\":\"userId\",\"type\":\"string\"},{\"name\":\"at\",\"type\":" + TS + "},"
      + "{\"name\":\"slate\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Labelled\",\"fields\":["
      + "{\"name\":\"itemId\",\"type\":\"string\"},{\"name\":\"position\",\"type\":\"int\"},{\"name\":\"propensity\",\"type\":\"double\"},{\"name\":\"reward\",\"type\":\"double\"}]}}},"
      + "{\"name\":\"reward\",\"type\":\"double\"},{\"name\":\"userClicks\",\"type\":\"int\"},"
      + "{\"name\":\"recent\",\"type\":{\"type\":\"array\",\"items\":\"string\"}}]}";
  static final String IMPRESSION_SCHEMA = "{\"type\":\"record\",\"name\":\"Impression\",\"fields\":["
      + "{\"name\":\"impressionId\",\"type\":\"string\"},{\"name\":\"userId\",\"type\":\"string\"},{\"name\":\"at\",\"type\":" + TS + "},"
      + "{\"name\":\"slate\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Shown\",\"fields\":["
      + "{\"name\":\"itemId\",\"type\":\"string\"},{\"name\":\"position\",\"type\":\"int\"},{\"name\":\"propensity\",\"type\":\"double\"}]}}}]}";
  static final String CLICK_SCHEMA = "{\"type\":\"record\",\"name\":\"Click\",\"fields\":["
      + "{\"name\":\"impressionId\",\"type\":\"string\"},{\"name\":\"userId\",\"type\":\"string\"},{\"name\":\"itemId\",\"type\":\"string\"},"
      + "{\"name\":\"position\",\"type\":\"int\"},{\"name\":\"at\",\"type\":" + TS + "},{\"name\":\"value\",\"type\":\"double\"}]}";
  static final int IMPRESSION_ID = 1, CLICK_ID = 2, EXAMPLE_ID = 3, USER_ID = 4;

  // ---- Values ---------------------------------------------------------------------------------------------------
  static final class Slot { String itemId; int position; double propensity; double reward; }
  static final class Impression { String impressionId, userId; long at; Slot[] slate; }
  static final class Click { String impressionId, userId, itemId; int position; long at; double value; }
  static final class Example { String impressionId, userId; long at; Slot[] slate; double reward; int userClicks; List<String> recent; }
  static final class User { int clicks; long lastSeen; List<String> recent = new ArrayList<>(); }

  // ---- Codecs: Avro's own binary encoder and decoder, driven directly (what generated classes with custom coders do) ----
  interface Write<T> { void to(BinaryEncoder out, T value) throws IOException; }
  interface Read<T> { T from(BinaryDecoder in) throws IOException; }

  static <T> Serializer<T> serializer(int schemaId, Write<T> write) {
    // One buffer and one encoder per thread: Kafka Streams may share a serializer between its threads.
    ThreadLocal<ByteArrayOutputStream> buffers = ThreadLocal.withInitial(() -> new ByteArrayOutputStream(1024));
    ThreadLocal<BinaryEncoder> encoders = new ThreadLocal<>();
    return (topic, value) -> {
      if (value == null) return null;
      try {
        ByteArrayOutputStream bytes = buffers.get();
        bytes.reset();
        bytes.write(0); bytes.write(schemaId >>> 24); bytes.write(schemaId >>> 16); bytes.write(schemaId >>> 8); bytes.write(schemaId);
        BinaryEncoder out = EncoderFactory.get().binaryEncoder(bytes, encoders.get());
        encoders.set(out);
        write.to(out, value);
        out.flush();
        return bytes.toByteArray();
      } catch (IOException e) { throw new UncheckedIOException(e); }
    };
  }

  static <T> Deserializer<T> deserializer(int schemaId, Read<T> read) {
    ThreadLocal<BinaryDecoder> decoders = new ThreadLocal<>();
    return (topic, data) -> {
      if (data == null) return null;
      if (data[0] != 0 || ByteBuffer.wrap(data, 1, 4).getInt() != schemaId) throw new IllegalArgumentException("not schema " + schemaId);
      try {
        BinaryDecoder in = DecoderFactory.get().binaryDecoder(data, 5, data.length - 5, decoders.get());
        decoders.set(in);
        return read.from(in);
      } catch (IOException e) { throw new UncheckedIOException(e); }
    };
  }

  static Slot[] readSlate(BinaryDecoder in, boolean labelled) throws IOException {
    ArrayList<Slot> slots = new ArrayList<>(10);
    for (long n = in.readArrayStart(); n != 0; n = in.arrayNext()) {
      for (long i = 0; i < n; i++) {
        Slot s = new Slot();
        s.itemId = in.readString(); s.position = in.readInt(); s.propensity = in.readDouble();
        if (labelled) s.reward = in.readDouble();
        slots.add(s);
      }
    }
    return slots.toArray(new Slot[0]);
  }

  static List<String> readStrings(BinaryDecoder in) throws IOException {
    List<String> list = new ArrayList<>();
    for (long n = in.readArrayStart(); n != 0; n = in.arrayNext()) for (long i = 0; i < n; i++) list.add(in.readString());
    return list;
  }

  static void writeStrings(BinaryEncoder out, List<String> list) throws IOException {
    out.writeArrayStart();
    if (!list.isEmpty()) {
      out.setItemCount(list.size());
      for (String s : list) { out.startItem(); out.writeString(s); }
    }
    out.writeArrayEnd();
  }

  static Impression readImpression(BinaryDecoder in) throws IOException {
    Impression v = new Impression();
    v.impressionId = in.readString(); v.userId = in.readString(); v.at = in.readLong(); v.slate = readSlate(in, false);
    return v;
  }

  static Click readClick(BinaryDecoder in) throws IOException {
    Click v = new Click();
    v.impressionId = in.readString(); v.userId = in.readString(); v.itemId = in.readString();
    v.position = in.readInt(); v.at = in.readLong(); v.value = in.readDouble();
    return v;
  }

  static Example readExample(BinaryDecoder in) throws IOException {
    Example v = new Example();
    v.impressionId = in.readString(); v.userId = in.readString(); v.at = in.readLong(); v.slate = readSlate(in, true);
    v.reward = in.readDouble(); v.userClicks = in.readInt(); v.recent = readStrings(in);
    return v;
  }

  static void writeExample(BinaryEncoder out, Example v) throws IOException {
    out.writeString(v.impressionId); out.writeString(v.userId); out.writeLong(v.at);
    out.writeArrayStart();
    if (v.slate.length > 0) {
      out.setItemCount(v.slate.length);
      for (Slot s : v.slate) { out.startItem(); out.writeString(s.itemId); out.writeInt(s.position); out.writeDouble(s.propensity); out.writeDouble(s.reward); }
    }
    out.writeArrayEnd();
    out.writeDouble(v.reward); out.writeInt(v.userClicks); writeStrings(out, v.recent);
  }

  static User readUser(BinaryDecoder in) throws IOException {
    User v = new User();
    v.clicks = in.readInt(); v.lastSeen = in.readLong(); v.recent = readStrings(in);
    return v;
  }

  static void writeUser(BinaryEncoder out, User v) throws IOException {
    out.writeInt(v.clicks); out.writeLong(v.lastSeen); writeStrings(out, v.recent);
  }

  static final Serde<Example> EXAMPLES = Serdes.serdeFrom(serializer(EXAMPLE_ID, Attribute::writeExample), deserializer(EXAMPLE_ID, Attribute::readExample));
  static final Serde<User> USERS = Serdes.serdeFrom(serializer(USER_ID, Attribute::writeUser), deserializer(USER_ID, Attribute::readUser));

  // ---- The job --------------------------------------------------------------------------------------------------
  static final AtomicLong FIRST_NANOS = new AtomicLong();
  static final LongAdder EVENTS = new LongAdder(), OUTPUTS = new LongAdder(), LATE = new LongAdder();
  static volatile long cpuAtFirst, brokerAtFirst;
  static volatile long[] machineAtFirst;

  static final class Due implements Comparable<Due> {
    final long at; final String impressionId;
    Due(long at, String impressionId) { this.at = at; this.impressionId = impressionId; }
    public int compareTo(Due o) { return Long.compare(at, o.at); }
  }

  static final class Attributor implements Processor<String, Object, String, Example> {
    private ProcessorContext<String, Example> context;
    private KeyValueStore<String, User> users;
    private KeyValueStore<String, Example> open;
    private final PriorityQueue<Due> due = new PriorityQueue<>();  // an index of `open`, rebuilt from it at init
    private long streamTime = Long.MIN_VALUE;

    @Override public void init(ProcessorContext<String, Example> context) {
      this.context = context;
      users = context.getStateStore("users");
      open = context.getStateStore("open");
      try (var all = open.all()) { while (all.hasNext()) { var e = all.next(); due.add(new Due(e.value.at, e.key)); } }
    }

    @Override public void process(Record<String, Object> record) {
      if (FIRST_NANOS.get() == 0 && FIRST_NANOS.compareAndSet(0, System.nanoTime())) { cpuAtFirst = cpuNanos(); brokerAtFirst = brokerTicks(); machineAtFirst = machineTicks(); }
      streamTime = Math.max(streamTime, record.timestamp());
      while (!due.isEmpty() && due.peek().at + WINDOW_MS <= streamTime) {
        Due d = due.poll();
        Example done = open.delete(d.impressionId);
        context.forward(new Record<>(done.userId, done, done.at + WINDOW_MS));
        OUTPUTS.increment();
      }
      if (record.value() instanceof Impression i) impression(i); else click((Click) record.value());
      EVENTS.increment();
    }

    private void impression(Impression i) {
      User user = users.get(i.userId);
      if (user == null) user = new User();
      Example e = new Example();
      e.impressionId = i.impressionId; e.userId = i.userId; e.at = i.at; e.slate = i.slate;
      e.userClicks = user.clicks;
      int n = user.recent.size();
      e.recent = user.recent.subList(Math.max(0, n - RECENT_EMITTED), n);
      open.put(i.impressionId, e);
      due.add(new Due(i.at, i.impressionId));
      user.lastSeen = Math.max(user.lastSeen, i.at);
      users.put(i.userId, user);
    }

    private void click(Click c) {
      Example e = open.get(c.impressionId);
      if (e == null) LATE.increment();
      else {
        for (Slot s : e.slate) if (s.position == c.position) { s.reward += c.value; e.reward += c.value; break; }
        open.put(c.impressionId, e);
      }
      User user = users.get(c.userId);
      if (user == null) user = new User();
      user.clicks++;
      user.recent.add(c.itemId);
      if (user.recent.size() > RECENT_KEPT) user.recent.remove(0);
      user.lastSeen = Math.max(user.lastSeen, c.at);
      users.put(c.userId, user);
    }
  }

  static <V> StoreBuilder<KeyValueStore<String, V>> store(String name, String kind, Serde<V> serde) {
    KeyValueBytesStoreSupplier supplier = kind.equals("memory") ? Stores.inMemoryKeyValueStore(name) : Stores.persistentKeyValueStore(name);
    // Changelogged, which is the default. CACHED names the stores put behind the record cache (default size): the DSL caches
    // its stores by default, the Processor API does not.
    StoreBuilder<KeyValueStore<String, V>> builder = Stores.keyValueStoreBuilder(supplier, Serdes.String(), serde);
    return List.of(env("CACHED", "").split(",")).contains(name) ? builder.withCachingEnabled() : builder;
  }

  static Topology topology(String kind, String impressions, String clicks, String output) {
    ProcessorSupplier<String, Object, String, Example> supplier = new ProcessorSupplier<>() {
      public Processor<String, Object, String, Example> get() { return new Attributor(); }
      public Set<StoreBuilder<?>> stores() { return Set.of(store("users", kind, USERS), store("open", kind, EXAMPLES)); }
    };
    Deserializer<Object> impression = deserializer(IMPRESSION_ID, in -> (Object) readImpression(in));
    Deserializer<Object> click = deserializer(CLICK_ID, in -> (Object) readClick(in));
    return new Topology()
        .addSource("impressions", new StringDeserializer(), impression, impressions)
        .addSource("clicks", new StringDeserializer(), click, clicks)
        .addProcessor("attribute", supplier, "impressions", "clicks")
        .addSink("examples", output, new StringSerializer(), EXAMPLES.serializer(), "attribute");
  }

  // ---- Measuring ------------------------------------------------------------------------------------------------
  static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  static long brokerTicks() {  // user + system time of the broker's process, in 10 ms ticks; 0 if BROKER_PID is not given
    try {
      String stat = Files.readString(Path.of("/proc", env("BROKER_PID", "none"), "stat"));
      String[] f = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(f[11]) + Long.parseLong(f[12]);
    } catch (Exception e) { return 0; }
  }

  static long[] machineTicks() {  // {busy, stolen} time of all cores, in 10 ms ticks: to see what else ran during a measurement
    try {
      String[] f = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+");
      return new long[] {Long.parseLong(f[1]) + Long.parseLong(f[2]) + Long.parseLong(f[3]) + Long.parseLong(f[6]) + Long.parseLong(f[7]), Long.parseLong(f[8])};
    } catch (Exception e) { return new long[2]; }
  }

  static double maxRssMiB() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) if (line.startsWith("VmHWM:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
    return 0;
  }

  static String env(String name, String otherwise) { String v = System.getenv(name); return v == null || v.isEmpty() ? otherwise : v; }

  static void selfTest() throws IOException {  // the direct codec against Avro's own schema-driven reader
    Example e = new Example();
    e.impressionId = "i"; e.userId = "u"; e.at = 7; e.reward = 0.5; e.userClicks = 3; e.recent = List.of("a", "b");
    Slot s = new Slot(); s.itemId = "x"; s.position = 2; s.propensity = 0.25; s.reward = 0.5; e.slate = new Slot[] {s};
    byte[] b = EXAMPLES.serializer().serialize("", e);
    GenericRecord g = new GenericDatumReader<GenericRecord>(new Schema.Parser().parse(EXAMPLE_SCHEMA)).read(null, DecoderFactory.get().binaryDecoder(b, 5, b.length - 5, null));
    if (!g.toString().contains("\"propensity\": 0.25") || ((List<?>) g.get("recent")).size() != 2) throw new IllegalStateException(g.toString());
    new Schema.Parser().parse(IMPRESSION_SCHEMA); new Schema.Parser().parse(CLICK_SCHEMA);
  }

  public static void main(String[] args) throws Exception {
    selfTest();
    String kind = env("STORE", "rocksdb"), bootstrap = env("KAFKA", "127.0.0.1:9092"), app = env("APP", "attribute-streams");
    String impressions = env("IMPRESSIONS", "impressions"), clicks = env("CLICKS", "clicks"), output = env("OUTPUT", "examples");
    long limitMs = Long.parseLong(env("LIMIT_S", "180")) * 1000;
    Properties p = new Properties();
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, app);
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    p.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, Integer.parseInt(env("COMMIT_MS", "100")));
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.parseInt(env("THREADS", "2")));
    p.put(StreamsConfig.STATE_DIR_CONFIG, env("STATE_DIR", "state"));
    for (String extra : env("EXTRA", "").split(",")) if (extra.contains("=")) p.put(extra.substring(0, extra.indexOf('=')), extra.substring(extra.indexOf('=') + 1));

    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      Map<TopicPartition, OffsetSpec> ask = new HashMap<>();
      for (var t : admin.describeTopics(List.of(impressions, clicks)).allTopicNames().get().values()) for (var part : t.partitions()) ask.put(new TopicPartition(t.name(), part.partition()), OffsetSpec.latest());
      Map<TopicPartition, Long> end = new HashMap<>();
      long total = 0;
      for (var e : admin.listOffsets(ask).all().get().entrySet()) { end.put(e.getKey(), e.getValue().offset()); total += e.getValue().offset(); }

      // Several passes over the same input in one process, each with its own application id and output topic: the first is
      // cold (class loading and JIT compilation included), the later ones show the warm rate.
      for (int pass = 1, passes = Integer.parseInt(env("PASSES", "1")); pass <= passes; pass++) {
        String id = passes == 1 ? app : app + "-p" + pass, out = passes == 1 ? output : output + "-p" + pass;
        long cpuBefore = pass == 1 ? 0 : cpuNanos();
        p.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
        FIRST_NANOS.set(0); EVENTS.reset(); OUTPUTS.reset(); LATE.reset();
        KafkaStreams streams = new KafkaStreams(topology(kind, impressions, clicks, out), p);
        streams.setUncaughtExceptionHandler(e -> { e.printStackTrace(); Runtime.getRuntime().halt(1); return null; });
        long started = System.nanoTime();
        streams.start();
        boolean done = false;
        while (!done) {
          if (System.nanoTime() - started > limitMs * 1_000_000) { System.err.println("time limit: " + EVENTS.sum() + " of " + total); Runtime.getRuntime().halt(2); }
          Thread.sleep(10);
          if (EVENTS.sum() < total) continue;
          var committed = admin.listConsumerGroupOffsets(id).partitionsToOffsetAndMetadata().get();
          done = true;
          for (var e : end.entrySet()) { var c = committed.get(e.getKey()); if (c == null || c.offset() < e.getValue()) done = false; }
        }
        long stop = System.nanoTime(), cpu = cpuNanos(), broker = brokerTicks();
        long[] machine = machineTicks();
        double seconds = (stop - FIRST_NANOS.get()) / 1e9, millions = total / 1e6;
        System.out.println(String.format(Locale.ROOT,
            "{\"impl\":\"kafka-streams\",\"variant\":\"%s-%s\",\"events\":%d,\"outputs\":%d,\"late\":%d,\"seconds\":%.3f,\"eventsPerSecond\":%d,"
            + "\"cpuPerMillion\":%.2f,\"cpuPerMillionInWindow\":%.2f,\"brokerCpuPerMillion\":%.2f,\"maxRssMiB\":%.0f,\"otherCores\":%.2f,\"stolenCores\":%.2f}",
            env("VARIANT", kind), pass == 1 ? "cold" : "pass" + pass, total, OUTPUTS.sum(), LATE.sum(), seconds, Math.round(total / seconds),
            (cpu - cpuBefore) / 1e9 / millions, (cpu - cpuAtFirst) / 1e9 / millions, (broker - brokerAtFirst) / 100.0 / millions, maxRssMiB(),
            ((machine[0] - machineAtFirst[0] - (broker - brokerAtFirst)) / 100.0 - (cpu - cpuAtFirst) / 1e9) / seconds, (machine[1] - machineAtFirst[1]) / 100.0 / seconds));
        streams.close(java.time.Duration.ofSeconds(20));
        streams.cleanUp();
      }
    }
  }
}
