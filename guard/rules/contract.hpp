// What a contract (OpenAPI) and product manifests say about routes. Inner to guard/rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/model/model.hpp"
#include "shared/base/result.hpp"

namespace guard::rules {

/// How the contract's own members are called.
struct ContractNames {
  std::string permission = "x-permission";
  std::string kind = "x-kind";
  std::string scope = "x-scope";
};

struct Operation {
  std::string method;  // in capitals
  std::string path;
  std::string id = {};
  std::vector<std::string> owners = {};  // its tags
  std::string permission = {};
  std::string kind = {};
  std::string scope = {};
  bool has_request = false;         // takes a body
  bool has_request_schema = false;  // and says what it is
  bool has_answer_schema = false;   // of an answer that is no refusal
  bool has_refusal_schema = false;  // of `default`, or of each answer from 400 on
  Place place = {};

  std::string name() const { return method + " " + path; }
};

/// In the order of paths and methods. Errors: `invalid`: no JSON, or no `paths`.
base::Result<std::vector<Operation>> operations_of(const File& contract, const ContractNames& names);

struct ManifestRoute {
  std::string permission;
  std::string method;
  std::string path;
  Place place;
};

struct Manifest {
  std::string product;
  std::vector<std::pair<std::string, Place>> permissions;
  std::vector<ManifestRoute> routes;
  Place place;
};

/// Only what is about routes is read. Errors: `invalid` with file and line.
base::Result<Manifest> manifest_of(const File& yaml);

}  // namespace guard::rules
