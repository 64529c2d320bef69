// What the guard lets through: ordinary SQL, however it is spelled.
import { describe, expect, it } from '@jest/globals';
import { allow } from '../../infra/clickhouse/guard/guard.ts';
import { codeOf } from '../../schemas/errors.ts';

const guard = {
  tableFunctions: new Set(['file', 'eval', 'numbers']),
  views: { tables: 'view(select 1)' },
};

describe('allow', () => {
  it.each([
    'select variant, ctr from ctr_by_variant',
    'SELECT * FROM millrace.auc WHERE model = \'file; drop table "x" -- no\'',
    "with 1 as x select {'a': x}['a'], [1, 2.5e-3, 0xff], -x, x ? 1 : 2, (x, 1).1, x::String",
    '(select 1) union all (select 2)',
    'select count() from numbers(10)',
    "select name from system.settings where name like '%thread%'",
    'select "system" from (select 1 as system)',
    'select 1 as url, 2 as path',
    "select 'Ünïcode “quotes” $ # \\' ; ' as `ordinary name`",
    "show tables like '%'",
    'show create table auc',
    'describe table auc',
    'explain plan select 1',
    'exists table auc',
  ])('%s', (text) => {
    expect(allow(guard, text).query).toBe(text);
  });

  it('blanks comments out, keeping positions, and drops the final semicolon', () => {
    expect(allow(guard, 'select 1 /* a\nb */ + 1 -- c\n ; -- d').query).toBe(
      'select 1     \n     + 1',
    );
    expect(allow(guard, "select '/* no */ -- comment'").query).toBe("select '/* no */ -- comment'");
  });

  it('finds the format of the answer', () => {
    expect(allow(guard, 'select 1 format CSV').format).toBe('CSV');
    expect(allow(guard, "select format('{}', 1) format  Vertical;").format).toBe('Vertical');
    expect(allow(guard, 'select 1').format).toBeUndefined();
  });

  it.each([
    '',
    ' ;',
    '-- nothing',
    'select 1; select 2',
    'select eval (1)',
    'select\0 1',
    'drop x',
  ])('refuses %j', (text) => {
    let code = 'none';
    try {
      allow(guard, text);
    } catch (error) {
      code = codeOf(error);
    }
    expect(code).toBe('sql-refused');
  });
});
