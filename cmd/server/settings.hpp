// Settings: what a server is told at its start, by shared/config: the files of `--config`, over them the variables
// `GPUAAS_SERVER_PORT` and so on, over them the flags. A key is named alike everywhere: `port: 7070`, `--port 7070`.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <span>
#include <string>

#include "shared/base/result.hpp"
#include "shared/config/config.hpp"
#include "shared/json/json.hpp"
#include "shared/telemetry/secret.hpp"

namespace server {

struct Settings {
  std::string data;  // a directory
  std::string address = "127.0.0.1";
  std::uint16_t port = 7070;                // 0: any
  telemetry::Secret<std::string> database;  // empty: SQLite in `data`
  std::string console;                      // the built console's directory
  std::string products = "products";        // the manifests' directory
  std::string cert;                         // PEM files
  std::string key;
  std::string advertise;  // where nodes reach this replica; empty: at its own URL
  bool bootstrap = false;

  static constexpr auto json_defaults = json::all;

  bool embedded() const { return database.reveal().empty(); }
  std::string database_file() const { return data + "/platform.db"; }
  std::string database_url() const { return embedded() ? "sqlite:" + database_file() : database.reveal(); }
};
BOOST_DESCRIBE_STRUCT(Settings, (), (data, address, port, database, console, products, cert, key, advertise, bootstrap))

enum class Verb { serve, reset_admin, print_contract, print_access_cases, help };

struct Told {
  Verb verb = Verb::serve;
  Settings settings;
};

inline constexpr base::Reason settings_refused{"settings_refused", base::Kind::invalid,
                                               "Correct what is named; gpuaas-server --help lists the settings."};

extern const std::string_view usage;

/// `arguments` without the program's name. Errors: `settings_refused`, with file:line, variable or flag.
base::Result<Told> told(std::span<char* const> arguments, const config::Named& environment);

}  // namespace server
