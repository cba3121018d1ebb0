#include "shared/http/reader.hpp"

#include <boost/beast/core/string.hpp>

namespace http {

using beast::http::error;
using beast::http::field;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

void RequestReader::on_request_impl(beast::http::verb verb, beast::string_view method, beast::string_view target,
                                    int version, error_code& ec) {
  version_ = version;
  head_only = verb == beast::http::verb::head;
  request.method = head_only ? std::string_view{"GET"} : view(method);
  std::string_view path = view(target);
  // The absolute form is for proxies, and must be taken all the same (RFC 9112, 3.2.2).
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!path.starts_with(scheme)) continue;
    const auto slash = path.find('/', scheme.size());
    path = slash == std::string_view::npos ? "/" : path.substr(slash);
  }
  if (!path.starts_with('/') && path != "*") {
    ec = error::bad_target;
    return;
  }
  const auto mark = path.find('?');
  request.path = path.substr(0, mark);
  if (mark != std::string_view::npos) request.query = path.substr(mark + 1);
}

void RequestReader::on_field_impl(field name, beast::string_view name_text, beast::string_view value, error_code& ec) {
  if (head_seen_) return;
  switch (name) {
    case field::host:
      ++hosts_;
      break;
    case field::content_length:
      if (++lengths_ > 1) ec = error::multiple_content_length;
      break;
    case field::transfer_encoding:
      if (!beast::iequals(value, "chunked") || version_ < 11) ec = error::bad_transfer_encoding;
      break;
    case field::expect:
      expects_continue = version_ >= 11 && beast::iequals(value, "100-continue");
      break;
    case field::upgrade:
      wants_websocket_ = beast::iequals(value, "websocket");
      break;
    case field::sec_websocket_version:
      version13_ = value == "13";
      break;
    case field::sec_websocket_key:
      websocket_key = view(value);
      break;
    default:
      break;
  }
  request.headers.emplace_back(view(name_text), view(value));
}

void RequestReader::on_header_impl(error_code& ec) {
  head_seen_ = true;
  if (hosts_ > 1 || (hosts_ == 0 && version_ >= 11)) ec = error::bad_field;
  request.websocket = wants_websocket_ && upgrade() && version13_ && !websocket_key.empty() &&
                      request.method == "GET" && !head_only && version_ >= 11;
}

void RequestReader::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  // The promise of a length is not yet a body: what is promised is reserved only so far.
  if (length) request.body.reserve(std::min<std::uint64_t>(*length, 64 << 10));
}

std::size_t RequestReader::on_body_impl(beast::string_view piece, error_code&) {
  request.body.append(piece.data(), piece.size());
  return piece.size();
}

std::size_t RequestReader::on_chunk_body_impl(std::uint64_t, beast::string_view piece, error_code&) {
  request.body.append(piece.data(), piece.size());
  return piece.size();
}

void ResponseReader::on_field_impl(field, beast::string_view name, beast::string_view value, error_code&) {
  if (!head_seen_) response.headers.emplace_back(view(name), view(value));
}

std::size_t ResponseReader::on_body_impl(beast::string_view piece, error_code&) {
  response.body.append(piece.data(), piece.size());
  return piece.size();
}

std::size_t ResponseReader::on_chunk_body_impl(std::uint64_t, beast::string_view piece, error_code&) {
  response.body.append(piece.data(), piece.size());
  return piece.size();
}

}  // namespace http
