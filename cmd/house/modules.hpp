// The modules of this house: their migrations and their routes, in the order of their dependence.
#pragma once

#include <vector>

#include "platform/iam/iam.hpp"
#include "platform/request/names.hpp"
#include "platform/request/request.hpp"
#include "products/gpuaas/inventory/inventory.hpp"
#include "shared/db/open.hpp"

namespace house {

std::vector<db::Migration> migrations();
request::Names names();
std::vector<request::Routes> routes(iam::Iam&, const inventory::Catalogue&, const registry::Registry&,
                                    const request::Authorizer&);
std::vector<jobs::Jobs> jobs(iam::Iam&, const inventory::Catalogue&, const registry::Registry&);

}  // namespace house
