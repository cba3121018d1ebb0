#include "guard/model/model.hpp"
#include "guard/source/cpp.hpp"

namespace guard {

File::File() = default;
File::~File() = default;
File::File(File&&) noexcept = default;
File& File::operator=(File&&) noexcept = default;

const source::Lexed& File::lexed() const {
  if (!lexed_) lexed_ = std::make_unique<source::Lexed>(source::lex(text));
  return *lexed_;
}

}  // namespace guard
