//! Requests under way.

use std::pin::Pin;
use std::rc::Rc;

use super::browser::MARK;
use super::content::Content;
use super::kind::Kind;
use super::outside::Seat;
use super::rules::judge;
use super::scene::Scene;
use super::shell::{Served, serve};
use super::stage::Stage;
use crate::support::{Ask, SESSION, Seen, step};

pub(super) struct Request {
    pub(super) id: usize,
    pub(super) browser: usize,
    pub(super) kind: Kind,
    pub(super) life: usize,
    /// When it began, in milliseconds.
    pub(super) began: u64,
    /// The session it came with.
    pub(super) sent: Option<Rc<Content>>,
    /// Whether a mark came along that says this session has ended.
    pub(super) is_marked: bool,
    /// Whether the browser had heard before that this session has ended.
    pub(super) is_over: bool,
    /// The id of the user who signs in.
    pub(super) signs_in: Option<&'static str>,
    /// Whether its client waits for the answer.
    pub(super) is_heard: bool,
    has_begun: bool,
    serving: Pin<Box<Serving>>,
}

type Serving = Pin<Box<dyn Future<Output = Served>>>;

impl Request {
    pub(super) fn can_go_on(&self, scene: &Scene) -> bool {
        !self.has_begun || scene.waits.is_over(self.id, scene.now())
    }
}

impl Stage {
    /// Makes a request with the browser's cookies.
    pub(super) fn ask(&mut self, browser: usize, kind: Kind, isolate: u16) {
        self.request(browser, kind, kind.ask(), isolate);
    }

    pub(super) fn request(
        &mut self,
        browser: usize,
        kind: Kind,
        ask: Ask,
        isolate: u16,
    ) -> &mut Request {
        let (scene, now) = (Rc::clone(&self.scene), self.scene.now());
        let index = usize::from(isolate) % self.isolates.len();
        let isolate = &self.isolates[index];
        let whose = &self.browsers[browser];
        let (id, jar) = (scene.number(), &whose.jar);
        let ask = jar
            .field(now)
            .iter()
            .fold(ask, |ask, field| ask.with("cookie", field));
        let sent = jar.value(SESSION, now).map(|text| scene.content(text));
        let session_id = sent.as_ref().map(|content| &content.session_id);
        let mark = jar.value(MARK, now).and_then(|text| whose.marks.get(text));
        scene.note(|| {
            let with = sent.as_ref().map_or("no session".to_owned(), |sent| {
                format!("{} of {}", sent.refresh_token, sent.session_id)
            });
            let mark = mark.map_or(String::new(), |mark| format!(", and {mark} marked"));
            format!("#{id} browser {browser} asks isolate {index}: {kind:?} with {with}{mark}")
        });
        if let Some(session_id) = session_id.filter(|_| kind.is_sign_out()) {
            scene.book.borrow_mut().leaving.insert(session_id.clone());
        }
        let seat = Seat {
            scene,
            life: isolate.life,
            work: id,
        };
        let gateway = Rc::clone(&isolate.gateway);
        let serving: Serving = Box::pin(serve(gateway, ask, seat));
        self.requests.push(Request {
            id,
            browser,
            kind,
            life: isolate.life,
            began: now,
            is_marked: mark.is_some() && mark == session_id,
            is_over: session_id.is_some_and(|id| whose.has_left(id, now)),
            sent,
            signs_in: None,
            is_heard: true,
            has_begun: false,
            serving: Box::pin(serving),
        });
        self.requests.last_mut().expect("it was put there")
    }

    /// Lets a request go on as far as it can.
    pub(super) fn turn(&mut self, index: usize) {
        let request = &mut self.requests[index];
        request.has_begun = true;
        self.scene.waits.begin_turn(request.id);
        let Some(served) = step(&mut request.serving) else {
            return;
        };
        let outcome = &served.outcome;
        let request = self.requests.remove(index);
        self.scene
            .book
            .borrow_mut()
            .close(request.id, self.scene.now());
        self.scene.note(|| {
            let (verdict, reason) = (outcome.verdict(), outcome.note.reason);
            let session = self.scene.session_in(outcome.cookies());
            let token = session.map_or(String::new(), |content| {
                format!(", {} is set", content.refresh_token)
            });
            format!("#{} ends: {verdict} ({reason}){token}", request.id)
        });
        self.last_verdict = Some(judge(&request, &served, &self.scene));
        if request.is_heard {
            self.answer(request, &served.outcome);
        }
    }
}
