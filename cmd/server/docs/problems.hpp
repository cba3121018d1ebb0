// Problems: every reason that an answer of this server can name, with what it means and where it comes from.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "platform/request/runner.hpp"

namespace server {

struct Problem {
  int status = 0;
  std::string title;
  std::string meaning;
  std::set<std::string> next = {};                 // what to do; modules may say it differently of one word
  std::vector<const request::Route*> routes = {};  // that declare it; empty: any request may be answered so
};

/// By word.
std::map<std::string, Problem> problems(const std::vector<request::Route>&);

std::string problem_list(const std::map<std::string, Problem>&);
std::string problem_page(const std::string& word, const Problem&);

}  // namespace server
