// House: the whole platform of one process, put together: the database with all modules' tables, the log, iam, the
// money path, access, the products, the job runner and the runner of requests. Only here do modules meet. It knows no
// socket: the server, the simulator and the tests each hand it requests.
//
// Always true: whoever uses another is closed before it, and nothing of it runs after ~House.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "platform/iam/iam.hpp"
#include "platform/jobs/jobs.hpp"
#include "platform/request/runner.hpp"
#include "shared/base/time.hpp"
#include "shared/db/db.hpp"
#include "shared/http/http.hpp"

namespace house {

inline constexpr std::string_view word = "gpuaas";  // of this installation: in cookies and subprotocols

struct Options {
  std::string database;            // sqlite:PATH or postgres://…
  std::filesystem::path products;  // folder of the manifests
  const base::Clock* clock = nullptr;
  std::optional<base::Random::Key> dice;  // fixed only in the simulator
  bool secure_cookies = false;            // under TLS
  bool bootstrap = false;
  bool admin_key = false;  // bootstrap makes one
  std::string sqlite_vfs = {};
  std::string sqlite_synchronous = "FULL";
  bool threads = true;             // false: the simulator steps everything itself, the jobs too
  std::int64_t first_request = 1;  // the simulator goes on where the last start ended
};

class House {
 public:
  virtual ~House() = default;
  virtual request::Runner& runner() = 0;
  virtual db::Store& store() = 0;
  virtual iam::Iam& iam() = 0;
  virtual const std::optional<iam::house::Bootstrapped>& bootstrapped() const = 0;
  virtual int migrations() const = 0;  // in force
  virtual std::string metrics() const = 0;
  /// Where nodes reach this process; from then on it says so, where there may be others (PostgreSQL).
  virtual void advertise(std::string url) = 0;
  /// Ready to take requests: the log has been heard within the last seconds.
  virtual bool ready() const = 0;
  virtual std::int64_t links() const = 0;
  /// Only without threads: one pass of each job, on the caller's thread.
  virtual void run_jobs() = 0;
};

/// Errors: those of the database, of the manifests, of routes that do not agree with them.
base::Result<std::unique_ptr<House>> open(Options);

/// The contract of all routes, without a database. Errors: those of the manifests.
base::Result<std::string> contract(const std::filesystem::path& products);
/// Role x route -> allow or deny, a line each, and what anyone may ask.
base::Result<std::string> access_cases(const std::filesystem::path& products);

/// Sets a new password for the user of that mail address. Errors: `not_found`, those of the database.
base::Result<std::string> reset_password(const std::string& database, std::string_view mail);

}  // namespace house
