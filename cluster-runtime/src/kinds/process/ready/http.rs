use super::Ready;
use super::port::written;

impl Ready {
    /// It is ready when it responds to `GET path` on one of its ports with a status of success; the port of its address has
    /// the name "".
    pub fn http(port: &'static str, path: impl Into<String>) -> Self {
        let path = path.into();
        let expected = format!("`GET {path}` at {} has not returned a status of success", written(port));
        let ready = Self::answer(expected, move |node| {
            let path = path.clone();
            async move {
                match node.get(port, &path).await {
                    Ok(response) if response.is_success() => Ok(()),
                    Ok(response) => Err(format!("status {}", response.status)),
                    Err(error) => Err(error.to_string()),
                }
            }
        });
        Self { port: Some(port), ..ready }
    }
}
