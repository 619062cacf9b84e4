//! What earlier runs have left at an engine: those whose keepers were killed.

use std::collections::{HashMap, HashSet};
use std::time::{SystemTime, UNIX_EPOCH};

use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptionsBuilder, ListVolumesOptionsBuilder, RemoveVolumeOptions,
};

use crate::bodies::{KEEPER, RUN};
use crate::engine::Engine;

/// How old a keeper is that does not run and never will, in seconds.
const OLD: i64 = 60;

/// Removes it. What cannot be removed now is left to the next run.
pub(crate) async fn sweep(engine: &Engine) {
    // In this order: a run has its keeper first.
    let Some(left) = containers(engine, RUN).await else { return };
    let Some(networks) = networks(engine).await else { return };
    let Some(volumes) = volumes(engine).await else { return };
    let Some(keepers) = containers(engine, KEEPER).await else { return };
    let (kept, unkept): (Vec<_>, Vec<_>) = keepers.iter().partition(|keeper| is_alive(keeper));
    let kept: HashSet<_> = kept.into_iter().filter_map(|keeper| label(keeper, KEEPER)).collect();
    let left = left.iter().filter(|container| label(container, RUN).is_some_and(|run| !kept.contains(run)));
    for container in left.chain(unkept) {
        if let Some(id) = &container.id {
            let _ = engine.remove(id).await;
        }
    }
    for (network, run) in &networks {
        if !kept.contains(run.as_str()) {
            let _ = engine.docker().remove_network(network).await;
        }
    }
    for (volume, run) in &volumes {
        if !kept.contains(run.as_str()) {
            let _ = engine.docker().remove_volume(volume, None::<RemoveVolumeOptions>).await;
        }
    }
}

fn is_alive(keeper: &ContainerSummary) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs() as i64);
    keeper.state == Some(ContainerSummaryStateEnum::RUNNING)
        || keeper.created.is_some_and(|created| now - created < OLD)
}

fn label<'a>(container: &'a ContainerSummary, label: &str) -> Option<&'a str> {
    container.labels.as_ref()?.get(label).map(String::as_str)
}

fn filter(label: &str) -> HashMap<String, Vec<String>> {
    HashMap::from([("label".to_owned(), vec![label.to_owned()])])
}

async fn containers(engine: &Engine, label: &str) -> Option<Vec<ContainerSummary>> {
    let options = ListContainersOptionsBuilder::new().all(true).filters(&filter(label)).build();
    engine.docker().list_containers(Some(options)).await.ok()
}

/// The names of volumes, each with its run.
async fn volumes(engine: &Engine) -> Option<Vec<(String, String)>> {
    let options = ListVolumesOptionsBuilder::new().filters(&filter(RUN)).build();
    let volumes = engine.docker().list_volumes(Some(options)).await.ok()?.volumes.unwrap_or_default();
    Some(volumes.into_iter().filter_map(|mut volume| Some((volume.name, volume.labels.remove(RUN)?))).collect())
}

/// The names of networks, each with its run.
async fn networks(engine: &Engine) -> Option<Vec<(String, String)>> {
    let options = ListNetworksOptionsBuilder::new().filters(&filter(RUN)).build();
    let networks = engine.docker().list_networks(Some(options)).await.ok()?;
    let named = networks.into_iter().filter_map(|network| Some((network.name?, network.labels?.remove(RUN)?)));
    Some(named.collect())
}
