//! Coordinators: whatever they are asked, and whatever is in their storage.

use std::cell::RefCell;
use std::collections::HashMap;

use authkit_gateway::coordinator::{Coordinator, Storage, reply};

use super::site::config;
use super::world::{World, run};

/// A storage that anything may be in.
struct Shelf {
    kept: RefCell<HashMap<String, String>>,
    planted: Option<String>,
}

impl Storage for Shelf {
    async fn get(&self, name: &str) -> Option<String> {
        let kept = self.kept.borrow().get(name).cloned();
        kept.or_else(|| self.planted.clone().filter(|_| name != "signed-out"))
    }

    async fn put(&self, name: &str, text: String, _: u64) {
        self.kept.borrow_mut().insert(name.to_owned(), text);
    }
}

/// The input is an errand, on the next line what is in the storage, and then WorkOS' answer.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = reply(text);
    let mut lines = text.splitn(3, '\n');
    let errand = lines.next().unwrap_or_default();
    let shelf = Shelf {
        kept: RefCell::default(),
        planted: lines.next().map(str::to_owned),
    };
    let world = World::new();
    let answer = lines.next().unwrap_or_default().to_owned();
    world.tokens.borrow_mut().push_back(Some((200, answer)));
    let (coordinator, config) = (Coordinator::default(), config(&[]));
    for _ in 0..2 {
        let told = run(coordinator.answer(errand, &config.api, &shelf, &world));
        if let Some(told) = told {
            assert!(
                reply(&told).is_some(),
                "an answer is one that is understood"
            );
        }
    }
    // What is kept is sealed.
    for text in shelf.kept.borrow().values() {
        assert!(text.is_empty() || text.starts_with("v1."));
    }
}
