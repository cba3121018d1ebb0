// Edge: what this process answers before the route table: health, metrics, the contract, the docs, and the console's
// files. All else is the runner's.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>

#include "cmd/house/house.hpp"
#include "cmd/server/docs/docs.hpp"
#include "shared/http/http.hpp"

namespace server {

class Edge final {
 public:
  /// `console`: folder of the built console; empty or absent: pages answer 404 with how to build it.
  Edge(house::House&, std::filesystem::path console);
  void handle(http::Request, std::shared_ptr<http::Responder>) const;

 private:
  struct File {
    std::string type;
    std::string body;
    bool hashed = false;  // its name changes with its content: cached for ever
  };
  void load(const std::filesystem::path& folder);
  http::Response page(const std::string& path) const;
  http::Response index() const;

  house::House& house_;
  const std::string contract_;
  const Docs docs_;
  std::unordered_map<std::string, File> files_;
};

}  // namespace server
