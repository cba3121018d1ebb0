#include "tests/support/engines/engines.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <vector>

namespace test {
namespace {

std::string make_directory() {
  std::string path = (std::filesystem::temp_directory_path() / "house-test-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
  return path;
}

std::string script() { return std::string{HOUSE_SOURCE_DIR} + "/tests/support/postgres.sh"; }

/// The first line that a command prints.
std::string line_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen(command.c_str(), "r"), ::pclose};
  std::array<char, 512> line{};
  if (!pipe || std::fgets(line.data(), line.size(), pipe.get()) == nullptr)
    throw std::runtime_error("failed: " + command);
  std::string text = line.data();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// One cluster for all tests of the program.
class Cluster {
 public:
  Cluster() {
    if (const char* shared = std::getenv("HOUSE_TEST_POSTGRES"); shared != nullptr && *shared != '\0') {
      url_ = shared;
      return;
    }
    directory_ = make_directory();
    url_ = line_of(script() + " start " + directory_ + " " + std::to_string(::getpid()));
  }
  ~Cluster() {
    if (!directory_.empty() && std::system((script() + " stop " + directory_).c_str()) != 0)
      std::fprintf(stderr, "cannot stop PostgreSQL in %s\n", directory_.c_str());
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  void run(const std::string& sql) const {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection{PQconnectdb(url_.c_str()), PQfinish};
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result{PQexec(connection.get(), sql.c_str()), PQclear};
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
      throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
  }
  std::string url_of(const std::string& database) const { return url_.substr(0, url_.rfind('/') + 1) + database; }

 private:
  std::string directory_;  // empty: the cluster is another's
  std::string url_;
};

/// What the tests of this program made. The one thing here that lives as long as the program: a cluster takes a second
/// to start, and gtest makes a new fixture for each test.
class Made {
 public:
  ~Made() { remove(); }

  std::string directory() {
    const std::scoped_lock lock{mutex_};
    return directories_.emplace_back(make_directory());
  }
  std::string database() {
    std::call_once(started_, [&] { cluster_ = std::make_unique<Cluster>(); });
    const std::scoped_lock lock{mutex_};
    const std::string name = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count_);
    cluster_->run("CREATE DATABASE " + name);
    databases_.push_back(name);
    return cluster_->url_of(name);
  }
  void remove() {
    const std::scoped_lock lock{mutex_};
    for (const std::string& name : databases_) cluster_->run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    databases_.clear();
    std::error_code ignored;
    for (const std::string& directory : directories_) std::filesystem::remove_all(directory, ignored);
    directories_.clear();
  }

 private:
  std::mutex mutex_;
  std::once_flag started_;
  std::unique_ptr<Cluster> cluster_;
  std::vector<std::string> databases_;
  std::vector<std::string> directories_;
  int count_ = 0;
};

Made& made() {
  static Made all;
  return all;
}

}  // namespace

std::string fresh_database(Engine engine) {
  return engine == Engine::sqlite ? "sqlite:" + made().directory() + "/test.db" : made().database();
}
std::string fresh_directory() { return made().directory(); }
void remove_databases() { made().remove(); }

}  // namespace test
