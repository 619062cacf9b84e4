use super::Ready;
use super::port::written;
use crate::journal::shortened;
use crate::kinds::process::Response;

/// The status of a response, with the first line of what it says.
fn told(response: &Response) -> String {
    let text = response.text();
    match text.lines().find(|line| !line.trim().is_empty()) {
        Some(line) => shortened(format!("status {}: {}", response.status, line.trim())),
        None => format!("status {}", response.status),
    }
}

impl Ready {
    /// It is ready when it responds to `GET path` on one of its ports with a status of success; the port of its address has
    /// the name "".
    pub fn http(port: &'static str, path: impl Into<String>) -> Self {
        let expected = "has not returned a status of success";
        Self::asked(port, path.into(), expected, |response| match response.is_success() {
            true => Ok(()),
            false => Err(told(response)),
        })
    }

    /// It is ready when it responds to `GET path` on one of its ports, and `is_ready` accepts the response. The report of a
    /// timeout has the last response that was not accepted.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::Ready;
    ///
    /// let ready = Ready::response("http", "/status", |response| response.text().contains("synchronised"));
    /// ```
    pub fn response(
        port: &'static str,
        path: impl Into<String>,
        is_ready: impl Fn(&Response) -> bool + Clone + Send + Sync + 'static,
    ) -> Self {
        let expected = "has not returned what is expected";
        Self::asked(port, path.into(), expected, move |response| match is_ready(response) {
            true => Ok(()),
            false => Err(format!("status {}: {}", response.status, response.text())),
        })
    }

    fn asked(
        port: &'static str,
        path: String,
        expected: &str,
        judge: impl Fn(&Response) -> Result<(), String> + Clone + Send + Sync + 'static,
    ) -> Self {
        let expected = format!("`GET {path}` at {} {expected}", written(port));
        let ready = Self::answer(expected, move |node| {
            let (path, judge) = (path.clone(), judge.clone());
            async move {
                let response = node.get(port, &path).await.map_err(|error| error.to_string())?;
                judge(&response)
            }
        });
        Self { port: Some(port), ..ready }
    }
}

#[cfg(test)]
mod tests {
    use super::{Response, told};

    #[test]
    fn a_status_comes_with_the_first_line_of_what_the_program_says() {
        let response = |body: &str| Response { status: 503, headers: Vec::new(), body: body.into() };
        assert_eq!(told(&response("\n no quorum \nsince 7 s\n")), "status 503: no quorum");
        assert_eq!(told(&response("")), "status 503");
    }
}
