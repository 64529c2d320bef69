#!/usr/bin/env bash
# A Kafka follower answers a consumer's Fetch of version 11 though no replica selector is set; to version 10 it says
# that it is not the leader.
#
# Version: Apache Kafka 4.2.0 (two brokers, default settings but for replication), asked by kafkajs 2.2.4, whose
# consumer uses version 11.
# Behaviour: version 11 brought "fetch from the closest replica" (KIP-392), for which a consumer is sent to a follower
# by the leader, if `replica.selector.class` is set. It is not set here, and nobody sent the consumer there: the
# follower gives records and an end, with no error.
# Expected: error 6 (NOT_LEADER_OR_FOLLOWER), as to version 10, at which a client looks for the leader anew.
# Seen: leader: version 10 -> error 0, 3 records; version 11 -> error 0, 3 records
#       follower: version 10 -> error 6, 0 records; version 11 -> error 0, 3 records
# So after leadership has moved, a client that keeps its metadata (kafkajs: 5 minutes) goes on with the broker that
# used to lead, and is not told. The end which that names lags: who merges topics by "nothing more is there" is wrong.
#
# Ends with 0 while the behaviour is as written above, else with 1. Takes two minutes, most of it for the download of
# the jars; needs Java 17 and Maven; listens on 127.0.0.1 alone; leaves nothing behind.
set -euo pipefail
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
cd "$work"
npm init --yes >/dev/null
timeout 300 npm install --no-audit --no-fund --save-exact kafkajs@2.2.4 >/dev/null
cat >pom.xml <<'XML'
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>probe</groupId><artifactId>probe</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.2.0</version></dependency>
  </dependencies>
</project>
XML
timeout 400 mvn -q -B dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=jars >/dev/null
read -r -a ports < <(node -e '
const { createServer } = require("node:net");
const servers = Array.from({ length: 4 }, () => createServer().listen(0, "127.0.0.1"));
setTimeout(() => {
  console.log(servers.map((one) => one.address().port).join(" "));
  for (const one of servers) one.close();
}, 200);')
jvm=(java -Xmx256m -cp "jars/*")
for id in 1 2; do
  cat >"$id.properties" <<PROPS
process.roles=broker,controller
node.id=$id
controller.quorum.voters=1@127.0.0.1:${ports[2]},2@127.0.0.1:${ports[3]}
listeners=PLAINTEXT://127.0.0.1:${ports[$((id - 1))]},CONTROLLER://127.0.0.1:${ports[$((id + 1))]}
advertised.listeners=PLAINTEXT://127.0.0.1:${ports[$((id - 1))]}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$work/data-$id
PROPS
  "${jvm[@]}" kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c "$id.properties" >/dev/null 2>&1
  "${jvm[@]}" kafka.Kafka "$id.properties" >"$id.log" 2>&1 &
  pids+=($!)
done
cat >probe.cjs <<'JS'
const { Kafka, logLevel } = require('kafkajs');
const { requests } = require('kafkajs/src/protocol/requests');

const brokers = process.argv.slice(2).map((port) => `127.0.0.1:${port}`);
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 150, maxRetryTime: 1000 } });
const topic = 't';

async function main() {
  const admin = kafka.admin();
  await admin.connect();
  for (;;) {
    const { brokers: there } = await admin.describeCluster();
    if (there.length === 2) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 2 }], waitForLeaders: true });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: ['a', 'b', 'c'].map((value) => ({ value })) });
  await producer.disconnect();
  await new Promise((resolve) => setTimeout(resolve, 3000)); // the follower has it by now
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const { leader } = topics[0].partitions[0];
  await admin.disconnect();

  const create = Object.getOwnPropertySymbols(kafka).find((one) => one.description === 'private:Kafka:createCluster');
  const cluster = kafka[create]({});
  await cluster.connect();
  await cluster.addTargetTopic(topic);
  const seen = [];
  for (const [name, nodeId] of [['leader', leader], ['follower', 3 - leader]]) {
    const broker = await cluster.findBroker({ nodeId });
    const answers = [];
    for (const version of [10, 11]) {
      const call = requests.Fetch.protocol({ version })({
        maxWaitTime: 200, minBytes: 1, maxBytes: 1 << 20, isolationLevel: 0, rackId: '',
        topics: [{ topic, partitions: [{ partition: 0, fetchOffset: '0', maxBytes: 1 << 20 }] }],
      });
      const { request } = call;
      const raw = { decode: call.response.decode, parse: async (decoded) => decoded };
      const { responses } = await broker.connectionPool.send({ request, response: raw });
      const { errorCode, messages } = responses[0].partitions[0];
      answers.push(`version ${version} -> error ${errorCode}, ${messages.length} records`);
    }
    seen.push(`${name}: ${answers.join('; ')}`);
  }
  await cluster.disconnect();
  for (const line of seen) console.log(line);
  const same =
    seen[0] === 'leader: version 10 -> error 0, 3 records; version 11 -> error 0, 3 records' &&
    seen[1] === 'follower: version 10 -> error 6, 0 records; version 11 -> error 0, 3 records';
  process.exitCode = same ? 0 : 1;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
JS
timeout 240 node probe.cjs "${ports[0]}" "${ports[1]}"
