//! What `cargo metadata` knows, reduced to what the rules ask.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{capture, cargo};

pub struct Metadata {
    /// The crates of this workspace.
    pub members: Vec<Member>,
    /// Every crate of the lock file, on every platform.
    pub packages: Vec<Package>,
}

#[derive(Clone, Debug)]
pub struct Member {
    pub name: String,
    pub layer: Layer,
    pub dependencies: Vec<Dependency>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layer {
    Number(u64),
    /// Tests and developer commands: outside the product.
    Dev,
    /// The manifest says nothing that can be understood.
    Unknown,
}

#[derive(Clone, Debug)]
pub struct Dependency {
    pub name: String,
    /// Only for tests, so not part of what ships.
    pub for_tests: bool,
}

#[derive(Clone, Debug)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub licence: Option<String>,
}

impl Metadata {
    pub fn load() -> Result<Self> {
        let text = capture(&mut cargo(&[
            "metadata",
            "--format-version",
            "1",
            "--locked",
        ]))?;
        let value: Value = serde_json::from_str(&text).context("cargo metadata is not JSON")?;
        Self::read(&value).context("cargo metadata has an unknown shape")
    }

    fn read(value: &Value) -> Option<Self> {
        let ids = value["workspace_members"].as_array()?;
        let packages = value["packages"].as_array()?;
        Some(Self {
            members: packages
                .iter()
                .filter(|package| ids.contains(&package["id"]))
                .map(Member::read)
                .collect::<Option<_>>()?,
            packages: packages.iter().map(Package::read).collect::<Option<_>>()?,
        })
    }
}

impl Member {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            name: text(&value["name"])?,
            layer: Layer::read(&value["metadata"]["layer"]),
            dependencies: value["dependencies"]
                .as_array()?
                .iter()
                .map(Dependency::read)
                .collect::<Option<_>>()?,
        })
    }
}

impl Layer {
    fn read(value: &Value) -> Self {
        match value {
            Value::Number(number) => number.as_u64().map_or(Self::Unknown, Self::Number),
            Value::String(word) if word == "dev" => Self::Dev,
            _ => Self::Unknown,
        }
    }
}

impl Dependency {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            name: text(&value["name"])?,
            for_tests: value["kind"] == "dev",
        })
    }
}

impl Package {
    fn read(value: &Value) -> Option<Self> {
        Some(Self {
            name: text(&value["name"])?,
            version: text(&value["version"])?,
            licence: text(&value["license"]),
        })
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_their_dependencies_are_told_from_the_rest() {
        let value = serde_json::json!({
            "workspace_members": ["path+file:///k/store#0.1.0"],
            "packages": [
                {
                    "id": "path+file:///k/store#0.1.0", "name": "store", "version": "0.1.0",
                    "license": "MIT", "metadata": {"layer": 2},
                    "dependencies": [
                        {"name": "sqlx", "kind": null},
                        {"name": "tempfile", "kind": "dev"},
                    ],
                },
                {
                    "id": "registry+x#sqlx@0.9.0", "name": "sqlx", "version": "0.9.0",
                    "license": null, "metadata": null, "dependencies": [],
                },
            ],
        });
        let metadata = Metadata::read(&value).unwrap();
        assert_eq!(metadata.members.len(), 1);
        assert_eq!(metadata.members[0].layer, Layer::Number(2));
        let for_tests: Vec<bool> = metadata.members[0]
            .dependencies
            .iter()
            .map(|dependency| dependency.for_tests)
            .collect();
        assert_eq!(for_tests, [false, true]);
        assert_eq!(metadata.packages.len(), 2);
        assert_eq!(metadata.packages[1].licence, None);
    }

    #[test]
    fn a_layer_is_a_number_or_dev() {
        assert_eq!(Layer::read(&serde_json::json!(0)), Layer::Number(0));
        assert_eq!(Layer::read(&serde_json::json!("dev")), Layer::Dev);
        for odd in [serde_json::json!("2"), serde_json::json!(-1), Value::Null] {
            assert_eq!(Layer::read(&odd), Layer::Unknown, "{odd}");
        }
    }
}
