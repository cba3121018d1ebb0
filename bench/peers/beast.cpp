// A bare Boost.Beast server: one io_context a thread, SO_REUSEPORT, a coroutine a connection, one fixed JSON answer. It
// reads nothing of the request but where it ends: the ceiling for whoever also has to decide something.
//
//   beast PORT BODY
#include <sys/socket.h>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

asio::awaitable<void> talk(tcp::socket socket, const std::string& body) {
  boost::beast::flat_buffer buffer;
  try {
    socket.set_option(tcp::no_delay{true});
    while (true) {
      http::request<http::empty_body> request;
      co_await http::async_read(socket, buffer, request, asio::use_awaitable);
      http::response<http::string_body> response{http::status::ok, request.version()};
      response.set(http::field::content_type, "application/json");
      response.keep_alive(request.keep_alive());
      response.body() = body;
      response.prepare_payload();
      co_await http::async_write(socket, response, asio::use_awaitable);
    }
  } catch (const boost::system::system_error&) {  // the peer left
  }
}

asio::awaitable<void> accept(tcp::acceptor acceptor, const std::string& body) {
  while (true) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), talk(std::move(socket), body), asio::detached);
  }
}

void serve(unsigned short port, const std::string& body) {
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  acceptor.open(tcp::v4());
  acceptor.set_option(tcp::acceptor::reuse_address{true});
  const int yes = 1;
  ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  acceptor.bind({asio::ip::address_v4::loopback(), port});
  acceptor.listen(1024);
  asio::co_spawn(io, accept(std::move(acceptor), body), asio::detached);
  io.run();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
  const std::string body = argv[2];
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) threads.emplace_back([&] { serve(port, body); });
  for (std::thread& thread : threads) thread.join();
}
