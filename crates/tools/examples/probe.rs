use krake_tools::tool::{Call, Workbench};
use std::sync::Arc;
struct B;
impl Workbench for B {
    fn log(&self, _: &str) {}
    fn spool_dir(&self) -> std::path::PathBuf {
        std::env::temp_dir()
    }
    fn keep(
        &self,
        _: &std::path::Path,
    ) -> Result<krake_domain::blob::BlobRef, krake_domain::failure::Failure> {
        unreachable!()
    }
}
#[tokio::main]
async fn main() {
    let mut a = std::env::args().skip(1);
    let name = a.next().unwrap();
    if name == "schema" {
        for t in krake_tools::builtin() {
            println!("{}", serde_json::to_string_pretty(t.spec()).unwrap());
        }
        return;
    }
    let args: serde_json::Value = serde_json::from_str(&a.next().unwrap()).unwrap();
    let tool = krake_tools::builtin()
        .into_iter()
        .find(|t| t.spec().name == name)
        .unwrap();
    let begun = std::time::Instant::now();
    let assessed = tool.assess(&args).await;
    let call = Call {
        args,
        key: "k".into(),
        target_state: assessed.as_ref().ok().and_then(|a| a.target_state),
        cancel: Default::default(),
        workbench: Arc::new(B),
    };
    if let Ok(x) = &assessed {
        eprintln!("{} | {}", x.summary, x.target);
    } else {
        eprintln!("{assessed:?}");
    }
    let out = tool.run(&call).await;
    let took = begun.elapsed();
    match out {
        Ok(v) => {
            let s = v.to_string();
            println!("{} … {} bytes", &s[..s.floor_char_boundary(900)], s.len());
        }
        Err(e) => println!("{e:?}"),
    }
    eprintln!("{took:?}");
}
