#include "guard/model/model.hpp"

#include <algorithm>

namespace guard {

Tree::Tree() = default;
Tree::~Tree() = default;
Tree::Tree(Tree&&) noexcept = default;
Tree& Tree::operator=(Tree&&) noexcept = default;

std::string under(const Include& include) {
  return include.is_conditional() ? " under #if " + std::string{include.condition} : std::string{};
}

std::string_view File::name() const {
  const std::size_t slash = path.rfind('/');
  return std::string_view{path}.substr(slash == std::string::npos ? 0 : slash + 1);
}

std::string_view File::extension() const {
  const std::string_view last = name();
  const std::size_t dot = last.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view{} : last.substr(dot + 1);
}

bool File::is_cpp() const {
  static constexpr std::string_view extensions[] = {"c",  "cc",  "cpp", "cxx", "cppm", "ixx", "h",
                                                    "hh", "hpp", "hxx", "ipp", "inl",  "tpp"};
  return std::ranges::find(extensions, extension()) != std::end(extensions);
}

bool Module::is_public(const File& file) const {
  const std::string folder = path == "." ? std::string{} : path + "/";
  if (!rule->public_.empty())
    return std::ranges::any_of(rule->public_, [&](const auto& each) { return matches(folder + each, file.path); });
  const std::string name = folder + path.substr(path.rfind('/') + 1);
  return file.path.starts_with(name + ".h") && !file.path.substr(name.size()).contains('/');
}

namespace {

template <class T>
const T* find(const std::vector<T>& sorted, std::string_view path) {
  const auto at =
      std::lower_bound(sorted.begin(), sorted.end(), path, [](const T& each, auto to) { return each.path < to; });
  return at == sorted.end() || at->path != path ? nullptr : &*at;
}

}  // namespace

const File* Tree::file(std::string_view path) const { return find(files, path); }
const Module* Tree::module(std::string_view path) const { return find(modules, path); }

}  // namespace guard
