// The rules of instances, as handlers for the route and job tables.
#pragma once

#include "products/gpuaas/instances/instances.hpp"

namespace instances {

using inventory::Catalogue;
using request::Call;

/// Errors: `name_invalid`, `shape_unknown`, `command_invalid`; the runner's `name_taken`.
base::Result<Instance> create(db::Tx&, const Catalogue&, const Call<instance_create, CreateInstance>&);
/// Ends a workload; what waits for room ends at once. Asking again changes nothing. Errors: `not_found`.
base::Result<Instance> stop(db::Tx&, const Catalogue&, const Call<instance_stop, InstanceRef>&);
/// Takes an ended one off the lists; its bill and records stay. Errors: `not_found`, `instance_active`.
base::Result<Instance> remove(db::Tx&, const Catalogue&, const Call<instance_delete, InstanceRef>&);
/// Errors: `not_found`, `instance_not_running`, `surface_absent`.
base::Result<entrance::Opened> ask_session(db::Tx&, const Call<entrance::session_create, AskSession>&);

struct PlaceInstance {
  ProjectId project;
  InstanceId instance;
};
BOOST_DESCRIBE_STRUCT(PlaceInstance, (), (project, instance))

/// True when it found room; false when it waits on, or needs none any more.
base::Result<bool> place(db::Tx&, const Catalogue&, const request::Authority&, const request::Env&, InstanceId);

/// What a node observed. Errors: `forbidden` (a node speaks for itself only), `invalid` (too many at once).
base::Result<ReportTaken> report(db::Tx&, const Catalogue&, const Call<node_report, Report>&);

}  // namespace instances
