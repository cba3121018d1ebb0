// Inside shared/http only, for .cpp files: one message read off the wire by Beast's parser, straight into our own
// values.
//
// Always true
//   - two lengths, a length beside chunks, or a coding other than "chunked" is malformed: nobody else can read the
//     message differently and smuggle a second one (RFC 9112, 6.3);
//   - trailers are read and left out.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <optional>

#include "shared/http/http.hpp"

namespace http {

namespace beast = boost::beast;
using boost::system::error_code;

std::string_view view(beast::string_view);

class RequestReader final : public beast::http::basic_parser<true> {
 public:
  Request request;
  bool head_only = false;         // HEAD: answered like GET, without the body
  bool expects_continue = false;  // RFC 9110, 10.1.1
  std::string websocket_key;
  bool http10() const { return version_ < 11; }

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code&) override;
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override;
  void on_header_impl(error_code&) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override;
  std::size_t on_body_impl(beast::string_view, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override;
  void on_finish_impl(error_code&) override {}

  int version_ = 11;
  int hosts_ = 0;
  int lengths_ = 0;
  bool head_seen_ = false;
  bool version13_ = false;
  bool wants_websocket_ = false;
};

class ResponseReader final : public beast::http::basic_parser<false> {
 public:
  Response response;

 private:
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&) override {}
  void on_response_impl(int status, beast::string_view, int, error_code&) override { response.status = status; }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override;
  void on_header_impl(error_code&) override { head_seen_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override;
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override;
  void on_finish_impl(error_code&) override {}

  bool head_seen_ = false;
};

}  // namespace http
