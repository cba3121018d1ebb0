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
                                    const base::Clock&, const std::vector<std::unique_ptr<request::LineageSource>>&);
std::vector<std::unique_ptr<request::LineageSource>> lineage_sources();
/// That of the prices, and so of every organization's account; EUR where nothing has a price.
base::Currency currency_of(const registry::Registry&);
/// What a fresh platform's organization has to try it with.
base::Result<void> grant_first_credit(db::Tx&, const request::Env&, const iam::house::Bootstrapped&, base::Currency);
std::vector<jobs::Jobs> jobs(iam::Iam&, const inventory::Catalogue&);

}  // namespace house
