// Command: what `gpuaas` can be asked, as data. A line of the table says the words, the route, and the columns of the
// answer; one interpreter (cmd/cli/perform.cpp) does them all. What needs code of its own says `Answer::own`.
//
// Always true: no two commands have the same words; each has an example; the words of a route's {places} are those of
// a parameter, a flag, or the default place. A test checks the whole table.
#pragma once

#include <string_view>
#include <vector>

namespace cli {

/// What a word on the command line names, and so how it becomes what the API takes.
enum class Takes {
  text,
  number,
  scope,         // id, path or name -> "departments/dep_…"
  parent,        // likewise, but an organization or department
  organization,  // anything in it -> the organization's id
  project,       // -> its id
  target,        // scope, resource or principal -> its id
  resource,      // id, path or name -> its id
  instance,      // likewise, of type gpuaas.instance
  principal,     // id, mail address or name -> its id
  api_key,       // id or name -> its id
};

enum class To { path, query, body, own };

struct Param {
  std::string_view name;  // "NAME"
  Takes takes = Takes::text;
  To to = To::body;
  std::string_view member = "name";  // of the body, the query, or the route's {place}
  bool optional = false;
};

struct Flag {
  std::string_view name;
  std::string_view value;  // "PATH"; empty: a switch
  std::string_view help;
  Takes takes = Takes::text;
  To to = To::own;
  std::string_view member = {};
  bool required = false;
};

/// How a member of the answer becomes a cell.
enum class Form {
  text,
  number,  // right-aligned text
  time,    // 2026-11-24 18:02:59, UTC
  age,     // since then: 3 m 12 s
  money,   // 0.064558 EUR
  bytes,   // 4 GiB
  cores,   // 1500 -> 1.5
  gpus,    // of a row with gpus, gpu_model, gpu_memory: 1 x H100 80 GB *
  marked,  // text, and * when the row is simulated
  rate,    // {amount, currency, per_text}: 2.499 EUR/hour
  yes_no,
  words,   // a list's texts
  count,   // how many items
  hourly,  // the amount alone; `$` in the header is its currency
  exit,    // of an instance: 0, SIGKILL, out of memory
};

struct Column {
  std::string_view header;
  std::string_view member;  // "rate.amount"
  Form form = Form::text;
  bool wide = false;  // only with -o wide
};

enum class Answer {
  list,  // a table
  line,  // the columns of one object in a row, without a header
  card,  // a line per column
  own,   // code of its own
};

struct Command {
  std::string_view noun;
  std::string_view verb;  // empty: the noun stands alone
  std::string_view help;
  std::string_view example;
  std::string_view method = {};
  std::string_view path = {};
  std::vector<Param> params = {};
  std::vector<Flag> flags = {};
  Answer answer = Answer::own;
  std::vector<Column> columns = {};
  std::string_view id = "id";        // what -o name prints
  std::string_view footnote = {};    // below a table with a simulated row
  std::string_view when_empty = {};  // what to do about an empty list
  std::string_view only = {};        // only items of this `kind`
  bool takes_rest = false;           // words after -- belong to it
  std::string_view rest_name = {};
};

const std::vector<Command>& commands();
/// Flags that every command takes.
const std::vector<Flag>& common_flags();

/// The topics of `gpuaas --help`, each with its nouns in order.
struct Topic {
  std::string_view name;
  std::vector<std::string_view> nouns;
};
const std::vector<Topic>& topics();

}  // namespace cli
