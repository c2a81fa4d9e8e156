#pragma once
// The configuration: one TOML file, read once at start. Every key has a default for development and a stated
// range; a key that is wrong or unknown is named with its line and the nearest right key.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sallyport::app {

struct Config {
    // [public]
    std::string public_url = "http://localhost:8080";  // origin that people see: scheme, host, port; no path
    std::vector<std::string> allowed_hosts;            // Host headers answered; empty: the public URL's own
    std::string rp_id = "localhost";                   // WebAuthn RP ID
    std::string app_prefix = "/app/";                  // the one path prefix that /api/v1/authz serves

    // [listen]
    std::string listen = "127.0.0.1:8080";
    std::string private_listen = "127.0.0.1:8081";
    std::vector<std::string> trusted_proxies;  // CIDR
    std::int64_t event_loops = 0;              // 0: one a core

    // [database]
    std::string database = "sqlite:sallyport.db";  // or "postgres:CONNINFO"

    // [keys]
    std::filesystem::path key_file = "keys";

    // [brand]
    std::string brand = "Exchange";
    std::vector<std::string> brand_names;  // refused in passwords and anti-phishing words, besides `brand`
    std::string support_address;           // shown on error pages; may be empty

    // [mail]
    std::string mail_from_name = "Exchange";
    std::string mail_from = "no-reply@localhost.localdomain";
    std::string relay = "smtp://127.0.0.1:25";  // smtp://, smtps://
    std::string relay_tls = "required";         // required, optional, none
    std::string relay_user;
    std::filesystem::path relay_password_file;
    std::filesystem::path relay_ca_file;

    // [passwords]
    std::int64_t hash_memory_kib = 19456;
    std::int64_t hash_passes = 2;
    std::int64_t hash_workers = 2;
    std::int64_t hash_queue_max = 64;
    std::string range_service;  // base URL of a breach range service; empty: none
    bool second_factor_mandatory = true;

    // [sessions]
    std::int64_t session_overall_seconds = 24 * 3600;
    std::int64_t session_idle_seconds = 3600;
};

struct ConfigProblem {
    std::int64_t line = 0;  // 1-based; 0 where no one line is at fault
    std::string text;
};

/// Reads and checks `file`; relative paths in it are relative to its folder.
std::variant<Config, std::vector<ConfigProblem>> load_config(const std::filesystem::path& file);
std::variant<Config, std::vector<ConfigProblem>> parse_config(std::string_view text,
                                                              const std::filesystem::path& folder);

/// "host:port" of an origin such as https://accounts.example; the default port is left out, as in a Host
/// header.
std::string host_of_url(std::string_view url);

}  // namespace sallyport::app
