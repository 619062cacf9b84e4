//! A headless Chromium, driven by its DevTools protocol over pipes.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long it may take to close.
const CLOSING: Duration = Duration::from_secs(10);

pub(super) struct Browser {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    session: Option<String>,
    last: u64,
    /// What the page has written to the console, and errors in it.
    pub(super) console: Vec<String>,
    _profile: Profile,
}

/// The directory of a browser, removed when it is dropped.
struct Profile(std::path::PathBuf);

impl Drop for Profile {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Browser {
    /// A browser with one empty page; `None` where there is no Chromium, which is said.
    pub(super) fn start(name: &str) -> Option<Self> {
        let name = format!("chromium-{}-{name}", std::process::id());
        let profile = Profile(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        // Chromium reads from descriptor 3 and writes to 4.
        let mut process = Command::new("sh")
            .args(["-c", "command -v chromium > /dev/null && exec chromium \"$@\" 3<&0 4>&1 1>&2 0</dev/null", "sh"])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--window-size=1400,1000"])
            .arg(format!("--user-data-dir={}", profile.0.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell can be run");
        let (input, output) = (process.stdin.take().expect("a pipe"), process.stdout.take().expect("a pipe"));
        let output = BufReader::new(output);
        let mut browser =
            Self { process, input, output, session: None, last: 0, console: Vec::new(), _profile: profile };
        let Some(target) = browser.try_call("Target.createTarget", json!({ "url": "about:blank" })) else {
            println!("skipped: there is no chromium");
            return None;
        };
        let session = browser.call("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.call(domain, json!({}));
        }
        Some(browser)
    }

    pub(super) fn open(&mut self, page: &Path) {
        self.call("Page.navigate", json!({ "url": format!("file://{}", page.display()) }));
        while self.receive().expect("it runs")["method"] != "Page.loadEventFired" {}
    }

    /// What an expression of the page's language has as its value.
    #[track_caller]
    pub(super) fn value(&mut self, expression: &str) -> Value {
        let result = self.call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    #[track_caller]
    pub(super) fn text(&mut self, selector: &str) -> String {
        let value = self.value(&format!("document.querySelector({selector:?}).textContent"));
        value.as_str().unwrap_or_else(|| panic!("{selector} has no text")).to_owned()
    }

    /// Clicks in the middle of the first element of a selector that contains this text.
    #[track_caller]
    pub(super) fn click(&mut self, selector: &str, text: &str) {
        let find = format!(
            "(() => {{ const e = [...document.querySelectorAll({selector:?})].find(e => e.textContent.includes({text:?}));
               e.scrollIntoView({{ block: 'center' }});
               const b = e.getBoundingClientRect();
               return [b.left + b.width / 2, b.top + b.height / 2] }})()"
        );
        let place = self.value(&find);
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Presses a key, as the page names it.
    pub(super) fn press(&mut self, key: &str) {
        let code = match key {
            "Escape" => 27,
            "Enter" => 13,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            "Home" => 36,
            "End" => 35,
            _ => 0,
        };
        let text = if code == 0 { key } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    pub(super) fn focus(&mut self, selector: &str) {
        self.value(&format!("document.querySelector({selector:?}).focus()"));
    }

    pub(super) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    #[track_caller]
    pub(super) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.try_call(method, parameters).unwrap_or_else(|| panic!("{method} has no answer"))
    }

    /// `None` when the browser has ended.
    fn try_call(&mut self, method: &str, parameters: Value) -> Option<Value> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.input.write_all(format!("{message}\0").as_bytes()).ok()?;
        loop {
            let answer = self.receive()?;
            if answer["id"] == self.last {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return Some(answer["result"].clone());
            }
        }
    }

    fn receive(&mut self) -> Option<Value> {
        let mut message = Vec::new();
        self.output.read_until(0, &mut message).ok()?;
        message.pop()?;
        let message: Value = serde_json::from_slice(&message).expect("it is JSON");
        if ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"]
            .iter()
            .any(|method| message["method"] == **method)
        {
            self.console.push(message.to_string());
        }
        Some(message)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.try_call("Browser.close", json!({}));
        // Only one that ends by itself removes what it has outside of its profile.
        let asked = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && asked.elapsed() < CLOSING {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
