// What of the contract a person can ask for without a line in the table of commands: any change whose words say it all.
// `POST /v1/instances/{instance}/cancel` with permission `gpuaas.instance.cancel` is `gpuaas instance cancel NAME`. A
// line of the table for the same route or the same words goes first; a list needs one, because somebody chooses
// columns.
#pragma once

#include <deque>
#include <string>

#include "cmd/cli/words/command.hpp"
#include "shared/json/document.hpp"

namespace cli {

/// Commands, and the words that they view.
struct Derived {
  std::vector<Command> commands;
  std::deque<std::string> words;          // grows without moving what is in it
  std::vector<std::string> needs_a_line;  // operations that no words derived here say
};

/// Of an OpenAPI document, all changes that `table` does not have. Those for anyone and a node's own are nobody's here.
Derived derive(const json::Document& contract, const std::vector<Command>& table);

/// contract/openapi.json, as it was when this program was built (cmake/contract.cmake).
std::string_view contract_text();
/// What that contract adds to the table of this program.
const Derived& derived();

}  // namespace cli
