// Queries that must be refused. `HIT` is an address of the test that must never be called,
// `SECRET` a file that must never be read, `OUT` one that must never be written.
export const attacks = `
insert into audit (name) values ('x')
insert into function file('OUT') select 1
insert into table function file('OUT', 'CSV', 'a Int32') select 1
create table x (a Int32) engine = Memory
create temporary table x (a Int32)
create view x as select 1
create database x
create function f as (x) -> x
create named collection c as a = 1
create or replace dictionary d (a UInt64) primary key a source(file(path 'SECRET' format 'CSV')) layout(flat()) lifetime(0)
drop table audit
drop database millrace
truncate table audit
alter table audit delete where 1
alter table audit update value = 1 where 1
rename table audit to audit2
exchange tables audit and items
attach table zz
detach table audit
undrop table audit
optimize table audit final
delete from audit where 1
update audit set value = 1 where 1
system shutdown
SYSTEM FLUSH LOGS
kill query where 1
KiLL qUeRy where 1
/* select */ kill query where 1
(kill query where 1)
use system
use default
set readonly = 0
set max_result_rows = 0
set param_x = '1'
set role default
grant select on *.* to default
backup table audit to File('OUT')
restore table audit from File('OUT')
check table audit
watch audit
begin transaction
execute as default select 1
select 1 settings readonly = 0
select 1 settings max_execution_time = 0
select * from (select 1 settings readonly = 2)
select * from (select * from file('SECRET', 'LineAsString') settings readonly = 0)
select * from (select * from default.\`SECRET\` settings readonly = 0)
select * from (select getSetting('readonly') settings readonly = 0)
select * from (select 1. settings readonly = 0)
select * from (select 1 as system. settings readonly = 0)
select * from (select 1e+5settings readonly = 0)
select * from (select 1 settings custom_a.b = 1, \`readonly\` = 0)
select * from (select 1 SeTTings/**/"readonly"=0)
select * from (select * from system.settings settings readonly = 0)
with x as (select 1 settings max_memory_usage = 0) select * from x
select (select 1 SETTINGS max_execution_time = 0)
select 1; select 2
select 1; drop table audit
select 1;;; insert into audit (name) values ('x')
select 1 into outfile 'OUT'
select 1 INTO /* x */ OUTFILE 'OUT' truncate format CSV
select 1 into -- x
 outfile 'OUT'
(select 1) into outfile 'OUT'
select 1 union all select 2 into outfile 'OUT'
show tables into outfile 'OUT'
explain select 1 into outfile 'OUT'
select file('SECRET')
select FILE('SECRET')
select \`file\`('SECRET')
select "file" ('SECRET')
select "f\\x69le"('SECRET')
select file/**/('SECRET')
select * apply file from (select 'SECRET' as p)
select * apply(file) from (select 'SECRET' as p)
select arrayMap(file, ['SECRET'])
select arrayMap(x -> file(x), ['SECRET'])
explain select file('SECRET')
describe (select file('SECRET'))
select 1 as file, arrayMap(file, ['SECRET'])
select 1 as file, arrayMap((file), ['SECRET'])
with file as f select 1 as file, arrayMap(f, ['SECRET'])
select * apply file from (select 'SECRET' as p, 1 as file)
select * apply(file) from (select 'SECRET' as p, 1 as file)
select 'SECRET' as file, file(file)
select 1 as \`file\`, arrayMap(\`file\`, ['SECRET'])
select t.file('SECRET') from (select 1 as file) t
select 1 as outfile
select 1 as into outfile 'OUT'
select * from (select 1 as settings settings readonly = 0)
select * from (select 1 as as settings readonly = 0)
select * from (select 1 as x settings from = 1, readonly = 0)
select * from (select 1 as x settings 'readonly' = 0)
select * from (select 1 as x settings {p:String} = 0)
select * from (select 1 as x settings limit, readonly = 0)
select * from (select * from system.one as settings settings readonly = 0)
select * from (select 1 as settings, 2 settings \`readonly\` = 0)
select create_table_query from system.tables t
select * from (select system.tables.as_select from system.tables)
select path from system.detached_parts
with (select file('SECRET')) as x select x
select * from file('SECRET', 'LineAsString')
select * from \`file\`('SECRET', 'LineAsString')
select * from view(select * from file('SECRET', 'LineAsString'))
select (select any(line) from file('SECRET', 'LineAsString'))
select * from loop(file('SECRET', 'LineAsString'))
select * from eval('select * from file(\\'SECRET\\', \\'LineAsString\\')')
select * from eval('select file(\\'SECRET\\')')
select * from viewExplain('', '', (select file('SECRET')))
from file('SECRET', 'LineAsString') select *
describe table file('SECRET')
describe file('SECRET', 'LineAsString')
desc table file('SECRET')
explain table override file('SECRET')
exists table default.\`SECRET\`
select * from default.\`SECRET\`
select * from \`default\` . \`SECRET\`
select * from 'SECRET'
select * from \`SECRET\`
describe table 'SECRET'
describe table \`SECRET\`
show create table default.\`SECRET\`
select 1 in default.\`SECRET\`
select * from filesystem('/etc')
select * from sqlite('SECRET', 't')
select * from icebergLocal('/etc')
select * from deltaLakeLocal('/etc')
select * from executable('id', 'TSV', 'a String')
select * from executable('touch OUT', 'TSV', 'a String')
select catboostEvaluate('SECRET', 1)
select * from system.models
select * from \`system\`.models
select * from system . /* x */ "models"
select * from url('HIT', 'RawBLOB')
select * from urlCluster('default', 'HIT', 'RawBLOB')
describe table url('HIT')
describe table url('HIT', 'JSONEachRow')
select * from s3('HIT/bucket/key', 'CSV')
select * from s3('HIT/bucket/key', 'CSV', 'a Int32')
describe table s3('HIT/bucket/key', 'CSV')
select * from s3Cluster('default', 'HIT/bucket/key', 'CSV')
select * from gcs('HIT/bucket/key', 'CSV')
select * from iceberg('HIT/bucket/key')
select * from deltaLake('HIT/bucket/key')
select * from hudi('HIT/bucket/key')
select * from azureBlobStorage('HIT', 'a', 'b', 'c', 'd')
select * from hdfs('hdfs://127.0.0.1:1/x', 'CSV')
select * from remote('127.0.0.1:9000', system, one)
select * from remoteSecure('127.0.0.1:9000', system, one)
select * from cluster('default', system, one)
select * from clusterAllReplicas('default', system.one)
select * from fileCluster('default', 'SECRET', 'LineAsString')
select * from mysql('127.0.0.1:3306', 'a', 'b', 'c', 'd')
describe table mysql('127.0.0.1:3306', 'a', 'b', 'c', 'd')
select * from postgresql('127.0.0.1:5432', 'a', 'b', 'c', 'd')
select * from mongodb('127.0.0.1:1', 'a', 'b', 'c', 'd', 'e String')
select * from redis('127.0.0.1:1', 'k', 'k String, v String')
select * from odbc('DSN=x', 'a', 'b')
select * from jdbc('x', 'a', 'b')
select hasColumnInTable('127.0.0.1', 'default', '', 'system', 'one', 'dummy')
select reverseDNSQuery('127.0.0.1')
select aiGenerate('x', 'y')
select * from dictionary('d')
select dictGet('d', 'a', 1)
select * from input('a Int32')
select * from merge('system', 'models')
select * from merge('default', '.*')
select * from millrace_ingest.audit_source
show create table millrace_ingest.audit_source
select create_table_query from system.tables
select * from system.processes
select * from system.query_log
select * from system.server_settings
select * from system.named_collections
select * from system.user_directories
select * from system.users
select * from system.stack_trace
select * from system.disks
select * from system.zookeeper where path = '/'
select getServerSetting('path')
select showCertificate()
select addressToSymbol(1)
select sleep(3)
show processlist
show grants
show settings like '%'
select $heredoc$x$heredoc$
select ‘x’
select “file”('SECRET')
select 1 # comment
\\q
exit
`
  .trim()
  .split(/\n(?! )/);
