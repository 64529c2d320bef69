//! The Rust client of ClickHouse against an endpoint; prints one JSON line of its checks.

use clickhouse::{error::Error, Client, Compression, Row};
use serde::Deserialize;
use std::time::{Duration, Instant};

type Outcome = Result<(), String>;

fn said(error: Error) -> String {
    format!("{error:?}")
}

fn equal<T: PartialEq + std::fmt::Debug>(found: T, wanted: T) -> Outcome {
    if found == wanted {
        Ok(())
    } else {
        Err(format!("{found:?} is not {wanted:?}"))
    }
}

#[derive(Row, Deserialize, Debug, PartialEq)]
struct Values {
    small: i64,
    big: u64,
    float: f64,
    text: String,
    missing: Option<i32>,
    list: Vec<String>,
    low: String,
    yes: bool,
    pair: (u8, String),
}

async fn values(client: &Client) -> Outcome {
    let query = "select toInt64(-9223372036854775808) as small, toUInt64(18446744073709551615) as big,
        1.5::Float64 as float, 'Ünï' as text, null::Nullable(Int32) as missing, ['a', 'b'] as list,
        toLowCardinality('low') as low, true as yes, (toUInt8(1), 'x') as pair";
    let found = client.query(query).fetch_one::<Values>().await.map_err(said)?;
    equal(
        found,
        Values {
            small: i64::MIN,
            big: u64::MAX,
            float: 1.5,
            text: "Ünï".into(),
            missing: None,
            list: vec!["a".into(), "b".into()],
            low: "low".into(),
            yes: true,
            pair: (1, "x".into()),
        },
    )
}

async fn compression(client: &Client) -> Outcome {
    for method in [Compression::None, Compression::Lz4] {
        let client = client.clone().with_compression(method);
        let mut cursor = client
            .query("select number from numbers(200000)")
            .fetch::<u64>()
            .map_err(said)?;
        let mut sum = 0;
        while let Some(number) = cursor.next().await.map_err(said)? {
            sum += number;
        }
        equal(sum, 19999900000)?;
    }
    Ok(())
}

#[derive(Row, Deserialize)]
struct Item {
    #[serde(rename = "itemId")]
    item_id: String,
    title: String,
}

async fn rows(client: &Client, titles: u64) -> Outcome {
    let count = client.query("select count() from items").fetch_one::<u64>().await.map_err(said)?;
    equal(count, titles)?;
    let item = client
        .query("select ?fields from items where itemId = ?")
        .bind("1")
        .fetch_one::<Item>()
        .await
        .map_err(said)?;
    equal((item.item_id, item.title), ("1".to_string(), "Toy Story (1995)".to_string()))
}

async fn parameters(client: &Client) -> Outcome {
    let bound = client.query("select ?").bind("O'Brien \\ \t").fetch_one::<String>().await.map_err(said)?;
    equal(bound, "O'Brien \\ \t".to_string())?;
    let text = client
        .query("select {text:String}")
        .param("text", "O'Brien \\ \t")
        .fetch_one::<String>()
        .await
        .map_err(said)?;
    equal(text, "O'Brien \\ \t".to_string())?;
    let list = client
        .query("select {list:Array(String)}")
        .param("list", vec!["it's", "a,b"])
        .fetch_one::<Vec<String>>()
        .await
        .map_err(said)?;
    equal(list, vec!["it's".to_string(), "a,b".to_string()])?;
    let none = client
        .query("select {none:Nullable(String)}")
        .param("none", None::<String>)
        .fetch_one::<Option<String>>()
        .await
        .map_err(said)?;
    equal(none, None)
}

async fn errors(client: &Client) -> Outcome {
    for (query, code) in [("select * from nowhere", 60), ("drop table items", 164)] {
        match client.query(query).execute().await {
            Err(error) if format!("{error}").contains(&format!("Code: {code}")) => {}
            Err(error) => return Err(said(error)),
            Ok(()) => return Err(format!("{query} was answered")),
        }
    }
    Ok(())
}

async fn cancel(client: &Client) -> Outcome {
    let started = Instant::now();
    let query = "select count() from numbers(1000000000000) where not ignore(sipHash64(number))";
    for _ in 0..2 {
        let asked = client.query(query).fetch_one::<u64>();
        if tokio::time::timeout(Duration::from_secs(1), asked).await.is_ok() {
            return Err("the query was answered".into());
        }
    }
    equal(client.query("select 1").fetch_one::<u8>().await.map_err(said)?, 1)?;
    if started.elapsed() > Duration::from_secs(9) {
        return Err(format!("it took {:?}", started.elapsed()));
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let client = Client::default().with_url(&arguments[1]).with_database("millrace").with_user("default");
    let titles = arguments[2].parse().expect("the number of titles");
    let outcomes = [
        ("values of every type", values(&client).await),
        ("every compression", compression(&client).await),
        ("rows of structs", rows(&client, titles).await),
        ("parameters", parameters(&client).await),
        ("errors", errors(&client).await),
        ("cancel", cancel(&client).await),
    ];
    let failed: Vec<String> = outcomes
        .iter()
        .filter_map(|(name, outcome)| outcome.as_ref().err().map(|why| format!("{name}: {why}")))
        .collect();
    let version = include_str!("../Cargo.lock")
        .split("name = \"clickhouse\"\nversion = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or("unknown");
    println!(
        "{}",
        serde_json::json!({
            "version": version,
            "checks": outcomes.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "failed": failed,
        })
    );
}
