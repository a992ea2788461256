// nvme_target: the drive model behind NVMe/TCP on loopback, for the kernel of a guest. One thread, ends by
// itself.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "tests/support/nvme_target/connection.hpp"

namespace quietus::test {
namespace {

constexpr const char* kUsage =
    "usage: nvme_target --image FILE --state FILE --behaviour NAME --serial TEXT --port N --lives-s N\n"
    "                   [--sanitize-ms N] [--sanicap N] [--fna N] [--oacs N] [--stale-word N] [--dark-s N]\n"
    "--port 0 takes a free one; the port is printed. The state file holds what survives a loss of power.\n";

struct Settings {
  std::string image, state;
  DriveOptions drive;
  unsigned port = 0, lives_s = 0, dark_s = 3;
};

template <class Number>
bool read_number(const std::string& text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

bool take(Settings& settings, const std::string& name, const std::string& value) {
  auto& drive = settings.drive;
  if (name == "--image") return settings.image = value, true;
  if (name == "--state") return settings.state = value, true;
  if (name == "--serial") return drive.serial = value, true;
  if (name == "--port") return read_number(value, settings.port);
  if (name == "--lives-s") return read_number(value, settings.lives_s);
  if (name == "--dark-s") return read_number(value, settings.dark_s);
  if (name == "--sanitize-ms") return read_number(value, drive.sanitize_ms);
  if (name == "--sanicap") return read_number(value, drive.sanicap);
  if (name == "--fna") return read_number(value, drive.fna);
  if (name == "--oacs") return read_number(value, drive.oacs);
  if (name == "--stale-word") return read_number(value, drive.stale_word);
  if (name != "--behaviour") return false;
  const auto behaviour = behaviour_from(value);
  if (behaviour) drive.behaviour = *behaviour;
  return behaviour.has_value();
}

std::int64_t now_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1000000;
}

std::span<std::uint8_t> map_image(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  const auto size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
  if (size <= 0) return {};
  void* at = mmap(nullptr, static_cast<std::size_t>(size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (at == MAP_FAILED) return {};
  return {static_cast<std::uint8_t*>(at), static_cast<std::size_t>(size)};
}

int listen_on(unsigned& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  socklen_t size = sizeof address;
  auto* at = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd, at, size) != 0 || listen(fd, 16) != 0 || getsockname(fd, at, &size) != 0) return -1;
  port = ntohs(address.sin_port);
  return fd;
}

/// Power is gone: every connection with it. The same program comes back on the same port, from what was kept.
[[noreturn]] void lose_power(const Settings& settings, const DriveModel& drive, int listener,
                             std::vector<std::unique_ptr<TargetConnection>>& connections, char** argv) {
  std::ofstream(settings.state) << drive.save(now_ms());
  connections.clear();
  close(listener);
  std::cout << "power lost" << std::endl;
  sleep(settings.dark_s);
  const std::string port = std::to_string(settings.port);
  std::vector<char*> words;
  std::string port_option = "--port";
  for (char** word = argv; *word != nullptr; ++word) words.push_back(*word);
  words.push_back(port_option.data());
  std::string port_text = port;
  words.push_back(port_text.data());
  words.push_back(nullptr);
  execv("/proc/self/exe", words.data());
  _exit(4);
}

int serve(Settings& settings, char** argv) {
  const auto content = map_image(settings.image);
  if (content.empty()) return std::cerr << "nvme_target: no image " << settings.image << '\n', 3;
  DriveModel drive(settings.drive, content);
  std::ifstream state(settings.state);
  const std::string saved((std::istreambuf_iterator<char>(state)), {});
  if (!saved.empty()) drive.restore(saved, now_ms());
  const int listener = listen_on(settings.port);
  if (listener < 0) return std::cerr << "nvme_target: no port: " << strerror(errno) << '\n', 3;
  std::cout << "port " << settings.port << std::endl;
  TargetController controller(drive);
  std::vector<std::unique_ptr<TargetConnection>> connections;
  const auto end_ms = now_ms() + std::int64_t{settings.lives_s} * 1000;
  while (now_ms() < end_ms) {
    std::vector<pollfd> waiting{{listener, POLLIN, 0}};
    for (const auto& one : connections) waiting.push_back({one->socket(), POLLIN, 0});
    poll(waiting.data(), waiting.size(), 50);
    if (drive.loses_power(now_ms())) lose_power(settings, drive, listener, connections, argv);
    for (std::size_t i = connections.size(); i-- > 0;) {
      if (waiting[i + 1].revents != 0 && !connections[i]->serve(now_ms()))
        connections.erase(connections.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (waiting[0].revents == 0 || connections.size() >= 64) continue;
    const int socket = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const int yes = 1;
    if (socket >= 0) setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (socket >= 0) connections.push_back(std::make_unique<TargetConnection>(socket, controller));
  }
  return 0;
}

}  // namespace
}  // namespace quietus::test

int main(int argc, char** argv) {
  quietus::test::Settings settings;
  bool good = argc % 2 == 1;
  for (int i = 1; good && i + 1 < argc; i += 2) good = quietus::test::take(settings, argv[i], argv[i + 1]);
  if (!good || settings.image.empty() || settings.state.empty() || settings.lives_s == 0) {
    std::cerr << quietus::test::kUsage;
    return 3;
  }
  return quietus::test::serve(settings, argv);
}
