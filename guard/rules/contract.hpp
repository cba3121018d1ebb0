// What a contract (OpenAPI) says about routes. Inner to guard/rules.
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

/// A schema says something: neither `{}` nor `true` is one, nor a `$ref` that leads nowhere in the contract.
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
  bool has_answer_schema = false;   // each answer that is no refusal, of which there is one; 204 has nothing to say
  bool has_refusal_schema = false;  // each refusal (`default`, from 400 on), of which there is one
  Place place = {};

  std::string name() const { return method + " " + path; }
};

/// In the order of paths and methods. Errors: `invalid` with the file: no JSON, a name twice in one object, no `paths`,
/// or a path with what is no operation.
base::Result<std::vector<Operation>> operations_of(const File& contract, const ContractNames& names);

/// The parts between its `/`, without an empty last one.
std::vector<std::string_view> segments(std::string_view path);
inline bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

}  // namespace guard::rules
