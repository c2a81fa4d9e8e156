#include "app/commands.h"

#include "adapters/system_random.h"
#include "app/config.h"
#include "app/instance.h"
#include "app/mail_keys.h"
#include "crypto/calibrate.h"
#include "crypto/key_file.h"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <pthread.h>

namespace sallyport::app {

namespace {

constexpr std::size_t dev_token_bytes = 16;

std::string environment(const char* name, const std::string& otherwise)
{
    const char* const value = std::getenv(name);
    return value == nullptr || *value == '\0' ? otherwise : std::string(value);
}

void print_problems(const std::filesystem::path& file, const std::vector<ConfigProblem>& problems)
{
    for (const ConfigProblem& problem : problems) {
        std::cerr << file.string();
        if (problem.line > 0) std::cerr << ':' << problem.line;
        std::cerr << ": " << problem.text << '\n';
    }
}

/// Blocks the signals that end the program, before any thread is made: every thread inherits it.
sigset_t block_end_signals()
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is a full disk: an error of that write, not the end
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    return ends;
}

void wait_for_end(const sigset_t& ends)
{
    int signal = 0;
    sigwait(&ends, &signal);
}

/// The port after `listen`'s: where the private door is, unless it is said.
std::string next_port(const std::string& listen)
{
    const std::size_t colon = listen.rfind(':');
    const std::string port = colon == std::string::npos ? "8080" : listen.substr(colon + 1);
    int number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    return listen.substr(0, colon) + ":" + std::to_string(number == 0 ? 0 : number + 1);
}

bool is_loopback(const std::string& listen)
{
    const std::string host = listen.substr(0, listen.rfind(':'));
    return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

/// Where `./run` keeps its data, marked so that production refuses it.
std::filesystem::path development_folder()
{
    const std::filesystem::path folder = environment("SALLYPORT_DATA", "data");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::ofstream mark(folder / development_mark);
    mark << "Keys and mail of a development server. Production does not open this folder.\n";
    if (!mark.flush())
        throw StartFailed("cannot write in the folder " + folder.string() +
                          ": choose another with SALLYPORT_DATA, or make it writable");
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    return std::filesystem::absolute(folder);
}

Secret development_token(ports::Random& random)
{
    const std::string given = environment("SALLYPORT_DEV_TOKEN", "");
    return Secret::from_text(given.empty() ? to_hex(random.bytes(dev_token_bytes)) : given);
}

std::optional<Config> development_config(const std::filesystem::path& folder)
{
    const std::string file = environment("SALLYPORT_CONFIG", "");
    auto loaded = file.empty() ? parse_config("", folder) : load_config(file);
    if (const auto* const problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
        print_problems(file, *problems);
        return std::nullopt;
    }
    Config config = std::get<Config>(std::move(loaded));
    const bool said = !file.empty();
    config.listen = environment("SALLYPORT_LISTEN", said ? config.listen : "127.0.0.1:8080");
    config.private_listen = environment("SALLYPORT_PRIVATE_LISTEN", next_port(config.listen));
    if (!said) {
        config.public_url = "http://localhost:" + config.listen.substr(config.listen.rfind(':') + 1);
        config.allowed_hosts = {host_of_url(config.public_url)};
    }
    return config;
}

bool is_development_folder(const Config& config)
{
    const std::string& where = config.database;
    const bool database =
        where.starts_with("sqlite:") &&
        std::filesystem::exists(std::filesystem::path(where.substr(7)).parent_path() / development_mark);
    return database || std::filesystem::exists(config.key_file.parent_path() / development_mark);
}

}  // namespace

const char* const version = SALLYPORT_VERSION;

int run_dev()
{
    const sigset_t ends = block_end_signals();
    const std::filesystem::path folder = development_folder();
    auto config = development_config(folder);
    if (!config) return 1;
    if (!is_loopback(config->listen) || !is_loopback(config->private_listen)) {
        std::cerr << "sallyport dev listens on loopback addresses only (127.0.0.1, [::1], localhost): its "
                     "mail can be read by whoever "
                     "has the token. Use `sallyport serve --config FILE` for others.\n";
        return 1;
    }
    adapters::SystemRandom random;
    const auto clock = make_clock();
    Development development{development_token(random)};
    const std::string token(development.token.reveal_text());
    Instance instance(*config, std::move(development), *clock, random);
    if (const auto error = instance.start()) {
        std::cerr << "sallyport: " << error->text << "\nChoose another address with SALLYPORT_LISTEN.\n";
        return 1;
    }
    const std::string origin = "http://localhost:" + std::to_string(instance.public_port());
    std::cout << "Mail that Sallyport sends: " << origin << "/dev/mailbox?token=" << token << "\n"
              << "Metrics and health: http://127.0.0.1:" << instance.private_port() << "/metrics\n"
              << "Sallyport listens on " << origin << std::endl;
    wait_for_end(ends);
    instance.stop();
    return 0;
}

int run_serve(const std::filesystem::path& file)
{
    const sigset_t ends = block_end_signals();
    auto loaded = load_config(file);
    if (const auto* const problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
        print_problems(file, *problems);
        return 1;
    }
    const Config& config = std::get<Config>(loaded);
    if (is_development_folder(config)) {
        std::cerr
            << "sallyport: the database or the key file lies in a development folder (it holds a file named "
            << development_mark
            << "). Production needs keys and data of its own: `sallyport keys create FILE`.\n";
        return 1;
    }
    adapters::SystemRandom random;
    const auto clock = make_clock();
    Instance instance(config, std::nullopt, *clock, random);
    if (const auto error = instance.start()) {
        std::cerr << "sallyport: " << error->text << '\n';
        return 1;
    }
    std::cout << "Sallyport listens on " << config.public_url << std::endl;
    wait_for_end(ends);
    instance.stop();
    return 0;
}

int run_check_config(const std::filesystem::path& file)
{
    const auto loaded = load_config(file);
    if (const auto* const problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
        print_problems(file, *problems);
        return 1;
    }
    std::cout << file.string() << ": no problem found\n";
    return 0;
}

int run_dns(const std::filesystem::path& file)
{
    const auto loaded = load_config(file);
    if (const auto* const problems = std::get_if<std::vector<ConfigProblem>>(&loaded)) {
        print_problems(file, *problems);
        return 1;
    }
    std::cout << dns_records(std::get<Config>(loaded));
    return 0;
}

int run_calibrate(int target_ms)
{
    constexpr std::uint32_t memory_kib_max = 1024 * 1024;
    const auto clock = make_clock();
    const auto found =
        crypto::calibrate(Duration{target_ms}, memory_kib_max, [&clock] { return clock->now(); });
    std::cout << "# one hash takes " << found.measured.count()
              << " ms on one idle core of this machine\n[passwords]\nhash_memory_kib = "
              << found.parameters.memory_kib << "\nhash_passes = " << found.parameters.passes << '\n';
    return 0;
}

int run_create_keys(const std::string& file)
{
    adapters::SystemRandom random;
    const auto keys = crypto::KeyRing::create(file, random);
    if (!keys) {
        std::cerr << "sallyport: " << keys.error().message << '\n';
        return 1;
    }
    std::cout << "Wrote " << file
              << ". Keep a copy in a safe place that is not the database's backup: without it no password "
                 "can be checked.\n";
    return 0;
}

}  // namespace sallyport::app
