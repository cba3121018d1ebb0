// What a shim is told, in plan.json of its folder: how to run bubblewrap and what to run in it. Written by the runtime,
// which alone decides what a sandbox is; the shim only carries it out.
#pragma once

#include <boost/describe.hpp>
#include <string>
#include <vector>

#include "products/gpuaas/node/status.hpp"

namespace shim {

/// A made-up file inside, such as /etc/passwd.
struct InsideFile {
  std::string path;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(InsideFile, (), (path, text))

struct Plan {
  std::string id;
  std::string cgroup_parent;
  std::string group;  // the cgroup below it
  std::int32_t host_uid = 0;
  std::int32_t inner_uid = 0;
  std::string bwrap;                   // path of bubblewrap
  std::string init;                    // path of gpuaas-init
  std::vector<std::string> arguments;  // bubblewrap's, before the inside files
  std::vector<InsideFile> files;
  std::vector<std::string> last_arguments;  // after them
  std::vector<std::string> command;
  std::vector<std::string> environment;  // NAME=value
  std::string directory;
  runtime::TerminalSize terminal = {};
};
BOOST_DESCRIBE_STRUCT(Plan, (),
                      (id, cgroup_parent, group, host_uid, inner_uid, bwrap, init, arguments, files, last_arguments,
                       command, environment, directory, terminal))

}  // namespace shim
