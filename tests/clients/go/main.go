// clickhouse-go over HTTP against an endpoint, as Grafana's plugin uses it; prints one JSON line of its
// checks.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

var host string
var titles uint64

func options(method clickhouse.CompressionMethod) *clickhouse.Options {
	return &clickhouse.Options{
		Addr:        []string{host},
		Auth:        clickhouse.Auth{Database: "millrace", Username: "default"},
		Protocol:    clickhouse.HTTP,
		Compression: &clickhouse.Compression{Method: method, Level: 3},
		DialTimeout: 10 * time.Second,
		ReadTimeout: 60 * time.Second,
		// What Grafana's plugin sends unless it is told otherwise.
		Settings: clickhouse.Settings{"max_execution_time": 60},
	}
}

func open() *sql.DB { return clickhouse.OpenDB(options(clickhouse.CompressionGZIP)) }

func equal(found, wanted any) error {
	if !reflect.DeepEqual(found, wanted) {
		return fmt.Errorf("%#v is not %#v", found, wanted)
	}
	return nil
}

func values() error {
	db := open()
	defer db.Close()
	var (
		small    int64
		big      uint64
		float    float64
		text     string
		day      time.Time
		moment   time.Time
		missing  *int32
		list     []string
		pairs    map[string]uint8
		low      string
		kind     string
		yes      bool
		nullable []*uint8
	)
	row := db.QueryRow(`select toInt64(-9223372036854775808), toUInt64(18446744073709551615), 1.5::Float64,
		'Ünï', toDate('2020-02-29'), toDateTime64('2020-02-29 12:00:00.123', 3, 'UTC'),
		null::Nullable(Int32), ['a', 'b'], map('k', toUInt8(1)), toLowCardinality('low'),
		cast('b', 'Enum8(\'a\' = 1, \'b\' = 2)'), true, [null, 1]`)
	err := row.Scan(&small, &big, &float, &text, &day, &moment, &missing, &list, &pairs, &low, &kind, &yes, &nullable)
	if err != nil {
		return err
	}
	one := uint8(1)
	found := []any{small, big, float, text, day.Format("2006-01-02"), moment.UnixMilli(), missing, list, pairs, low, kind, yes, nullable}
	wanted := []any{int64(-9223372036854775808), uint64(18446744073709551615), 1.5, "Ünï", "2020-02-29",
		int64(1582977600123), (*int32)(nil), []string{"a", "b"}, map[string]uint8{"k": 1}, "low", "b", true,
		[]*uint8{nil, &one}}
	return equal(found, wanted)
}

func compression() error {
	for _, method := range []clickhouse.CompressionMethod{
		clickhouse.CompressionNone, clickhouse.CompressionLZ4, clickhouse.CompressionZSTD,
		clickhouse.CompressionGZIP, clickhouse.CompressionDeflate, clickhouse.CompressionBrotli,
	} {
		db := clickhouse.OpenDB(options(method))
		rows, err := db.Query("select number, toString(number) from numbers(200000)")
		if err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		var sum uint64
		for rows.Next() {
			var number uint64
			var text string
			if err := rows.Scan(&number, &text); err != nil {
				return err
			}
			if text != strconv.FormatUint(number, 10) {
				return fmt.Errorf("%s beside %d", text, number)
			}
			sum += number
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		if err := equal(sum, uint64(19999900000)); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		db.Close()
	}
	return nil
}

func parameters() error {
	db := open()
	defer db.Close()
	context := clickhouse.Context(context.Background(), clickhouse.WithParameters(clickhouse.Parameters{
		"text": "O'Brien", "list": "['it\\'s','a,b']",
	}))
	var text string
	var list []string
	row := db.QueryRowContext(context, "select {text:String}, {list:Array(String)}")
	if err := row.Scan(&text, &list); err != nil {
		return err
	}
	if err := equal([]any{text, list}, []any{"O'Brien", []string{"it's", "a,b"}}); err != nil {
		return err
	}
	row = db.QueryRow("select ?, ?", "O'Brien \\ \t", []string{"it's"})
	if err := row.Scan(&text, &list); err != nil {
		return err
	}
	return equal([]any{text, list}, []any{"O'Brien \\ \t", []string{"it's"}})
}

func failures() error {
	db := open()
	defer db.Close()
	for query, code := range map[string]int32{
		"select from where": 62, "select * from nowhere": 60, "drop table items": 164,
	} {
		_, err := db.Query(query)
		var exception *clickhouse.Exception
		if err == nil {
			return fmt.Errorf("%s was answered", query)
		}
		if errors.As(err, &exception) {
			if exception.Code != code {
				return fmt.Errorf("%s: %w", query, err)
			}
		} else if !strings.Contains(err.Error(), fmt.Sprintf("Code: %d", code)) {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return nil
}

// What Grafana's plugin and its query builder ask for.
func catalogue() error {
	db := open()
	defer db.Close()
	if err := db.Ping(); err != nil {
		return err
	}
	names := func(query string, arguments ...any) ([]string, error) {
		rows, err := db.Query(query, arguments...)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var found []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return nil, err
			}
			found = append(found, name)
		}
		return found, rows.Err()
	}
	databases, err := names("SHOW DATABASES")
	if err != nil {
		return err
	}
	if err := equal(databases, []string{"millrace"}); err != nil {
		return err
	}
	tables, err := names("SELECT name FROM system.tables WHERE database = ? AND name = 'ctr_by_variant'", "millrace")
	if err != nil {
		return err
	}
	if err := equal(tables, []string{"ctr_by_variant"}); err != nil {
		return err
	}
	columns, err := names("SELECT name FROM system.columns WHERE database = 'millrace' AND table = 'items' ORDER BY position LIMIT 2")
	if err != nil {
		return err
	}
	if err := equal(columns, []string{"itemId", "at"}); err != nil {
		return err
	}
	functions, err := names("SELECT name FROM system.functions WHERE name = 'toStartOfInterval'")
	if err != nil {
		return err
	}
	if err := equal(functions, []string{"toStartOfInterval"}); err != nil {
		return err
	}
	var count uint64
	if err := db.QueryRow("select count() from items").Scan(&count); err != nil {
		return err
	}
	return equal(count, titles)
}

func nothing() error {
	db := open()
	defer db.Close()
	rows, err := db.Query("select itemId from items where itemId = 'none of them'")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return errors.New("there was a row")
	}
	return rows.Err()
}

func cancel() error {
	db := open()
	defer db.Close()
	context, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	started := time.Now()
	_, err := db.QueryContext(context, "select count() from numbers(1000000000000) where not ignore(sipHash64(number))")
	if err == nil {
		return errors.New("the query was answered")
	}
	// Both places are free again: this many at once would not all be let in otherwise.
	for at := 0; at < 6; at++ {
		var one uint8
		if err := db.QueryRow("select 1").Scan(&one); err != nil {
			return err
		}
	}
	if took := time.Since(started); took > 8*time.Second {
		return fmt.Errorf("it took %s", took)
	}
	return nil
}

// Runs the queries of a dashboard: a JSON list of texts on stdin; fails with the first that fails.
func queries() error {
	var texts []string
	if err := json.NewDecoder(os.Stdin).Decode(&texts); err != nil {
		return err
	}
	db := open()
	defer db.Close()
	for _, text := range texts {
		rows, err := db.Query(text)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		cells := make([]any, len(columns))
		kinds, err := rows.ColumnTypes()
		if err != nil {
			return err
		}
		for at, kind := range kinds {
			cells[at] = reflect.New(kind.ScanType()).Interface()
		}
		for rows.Next() {
			if err := rows.Scan(cells...); err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		rows.Close()
	}
	return nil
}

type check struct {
	name string
	run  func() error
}

func main() {
	address, err := url.Parse(os.Args[1])
	if err != nil {
		panic(err)
	}
	host = address.Host
	checks := []check{{"queries of the dashboard", queries}}
	if os.Args[2] != "queries" {
		if titles, err = strconv.ParseUint(os.Args[2], 10, 64); err != nil {
			panic(err)
		}
		checks = []check{
			{"values of every type", values},
			{"every compression", compression},
			{"parameters", parameters},
			{"errors", failures},
			{"what Grafana's plugin asks of the catalogue", catalogue},
			{"an answer without rows", nothing},
			{"cancel", cancel},
		}
	}
	names, failed := []string{}, []string{}
	for _, check := range checks {
		names = append(names, check.name)
		if err := check.run(); err != nil {
			failed = append(failed, check.name+": "+err.Error())
		}
	}
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/ClickHouse/clickhouse-go/v2" {
				version = strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"version": version, "checks": names, "failed": failed,
	})
}
