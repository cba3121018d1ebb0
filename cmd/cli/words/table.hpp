// Table: JSON rows as text for people. Aligned columns, a header, units; `*` marks what is simulated.
//
// Always true: each line is one row, whatever the row's texts hold; a member that is not there is `-`; money keeps the
// API's digits, never through a floating-point number.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cmd/cli/words/command.hpp"
#include "shared/base/time.hpp"
#include "shared/json/document.hpp"

namespace cli {

/// The member at "rate.amount".
const json::Document& member_at(const json::Document& row, std::string_view path);

std::string cell(const json::Document& row, const Column&, base::Instant now);

/// With header, each line ending in a newline; `footnote` below when a row is simulated.
std::string table(std::span<const json::Document> rows, std::span<const Column>, bool wide, std::string_view footnote,
                  base::Instant now);
/// Cells in columns, two blanks apart; `right` says which are aligned to the right.
std::string aligned(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right);
/// One object in a row, without header: "prj_01j…  acme/research/vision".
std::string line(const json::Document& row, std::span<const Column>, base::Instant now);
/// One object, a line per column that it has.
std::string card(const json::Document& row, std::span<const Column>, std::string_view footnote, base::Instant now);
/// The tree of /v1/scopes' items, children indented below their parent.
std::string tree(std::span<const json::Document> scopes);
/// What -o name prints: the column `id` of each, or its id.
std::string names(std::span<const json::Document> rows, std::string_view id);
/// A JSON document as YAML 1.2.
std::string yaml(const json::Document&);

std::string bytes_text(std::int64_t bytes);            // 4 GiB, 80 GB, 1.5 MiB
std::string duration_text(std::chrono::microseconds);  // 3 m 12 s
std::string seconds_text(std::chrono::microseconds);   // 0.31 s
std::string money_text(const json::Document& money);   // 0.064558 EUR
std::string exit_text(const json::Document& exit);     // 0, SIGKILL, out of memory
std::size_t width_of(std::string_view);                // in code points

}  // namespace cli
