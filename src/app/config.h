#pragma once
// The configuration: one TOML file, read once at start. Every key has a default for development and a stated
// range; a key that is wrong or unknown is named with its line and the nearest right key. The limits of the
// law, and their ranges, are policy's own (policy/range.h).
#include "policy/challenge.h"
#include "policy/mail_breaker.h"
#include "policy/passwords.h"
#include "policy/sessions.h"
#include "policy/sign_in.h"
#include "policy/step_up.h"
#include "policy/throttle.h"
#include "policy/trusted_browsers.h"

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
    std::string rp_id;                                 // WebAuthn RP ID; empty: the public URL's host
    std::vector<std::string> related_origins;          // other addresses where the same passkeys count
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
    std::string brand = "Exchange";        // no colon and no control character: apps show it (otpauth)
    std::vector<std::string> brand_names;  // refused in passwords and anti-phishing words, besides `brand`
    std::string support_address;           // shown on error pages; may be empty
    std::string terms;                     // https address of the terms that P6a links to; may be empty

    // [mail]
    std::string mail_from_name = "Exchange";
    std::string mail_from = "no-reply@localhost.localdomain";
    policy::mail_breaker::Limits mail_breaker;

    // [[relay]], in the order in which they are asked
    struct Relay {
        std::string url = "smtp://127.0.0.1:25";  // smtp://, smtps://
        std::string tls = "required";             // required, optional, none
        std::string user;
        std::filesystem::path password_file;
        std::filesystem::path ca_file;
        std::int64_t a_minute_max = 0;  // 0: no limit
    };
    std::vector<Relay> relays;  // one at least, once read

    // [bounces]: what comes back of mails
    std::string bounce_address;                // envelope sender, with a tag; empty: mail.from, without
    std::filesystem::path bounce_secret_file;  // of the webhook; empty: it is for nobody

    // [dkim]
    struct DkimKeyFile {
        std::string selector;
        std::filesystem::path file;
    };
    std::string dkim_domain;                // empty: the domain of mail_from
    std::vector<DkimKeyFile> dkim_keys;     // each signs every mail; none: mail leaves unsigned
    std::vector<DkimKeyFile> dkim_standby;  // published only: the next key, or the last one

    // [dns]: what `sallyport dns` says of the domain besides the keys
    std::vector<std::string> dns_senders;  // SPF mechanisms of who hands our mail over
    std::vector<std::string> dns_mx;       // hosts that take the domain's mail
    std::string dns_reports;               // where reports of DMARC and TLS go; empty: postmaster there

    // [channels]: what /.well-known/official-channels says
    std::int64_t channels_version = 1;
    std::vector<std::string> channel_domains;  // besides the host of public_url and the domain of mail_from
    std::vector<std::string> channel_senders;  // besides mail_from
    std::vector<std::string> channel_text_senders;
    std::vector<std::string> channel_phones;
    std::vector<std::string> channel_handles;
    std::vector<std::string> channel_apps;

    // [texts]
    std::string text_service = "none";  // none, webhook, twilio
    std::string text_url;               // of the webhook; of Twilio's API, empty: its own
    std::string text_account;
    std::string text_key;
    std::string text_from;
    std::filesystem::path text_secret_file;
    std::filesystem::path text_ca_file;
    bool text_calls = false;                // the service calls numbers, too
    std::string text_call_from;             // of Twilio: the number that calls; empty: text_from
    std::vector<std::string> text_regions;  // ISO 3166-1 alpha-2; empty: all
    policy::challenge::SmsLimits texts;

    // [codes]
    policy::challenge::Limits codes;

    // [passwords]
    std::int64_t hash_memory_kib = 19456;
    std::int64_t hash_memory_max_kib = 65536;  // for one hash that is stored already
    std::int64_t hash_passes = 2;
    std::int64_t hash_workers = 2;
    std::int64_t hash_queue_max = 64;
    std::string range_service;  // base URL of a breach range service; empty: none
    bool second_factor_mandatory = true;
    policy::passwords::Limits passwords;

    // [factors]
    std::string profile = "standard";  // standard, strict (policy/profile.h)
    bool email_codes = true;
    bool sms_codes = true;  // where texts.service sends them
    bool trusted_browsers = true;
    bool passkeys = true;

    // [reset]
    bool reset_link = false;  // the mail of a reset has a link beside its code

    // [sessions], [sign_in], [step_up], [tries], [trusted_browsers]
    policy::sessions::Limits sessions;
    policy::sign_in::Limits sign_in;
    policy::step_up::Limits step_up;
    policy::trusted_browsers::Limits trust;
    policy::throttle::Limits tries;
};

struct ConfigProblem {
    std::int64_t line = 0;  // 1-based; 0 where no one line is at fault
    std::string text;
};

/// Reads and checks `file`; relative paths in it are relative to its folder.
std::variant<Config, std::vector<ConfigProblem>> load_config(const std::filesystem::path& file);
std::variant<Config, std::vector<ConfigProblem>> parse_config(std::string_view text,
                                                              const std::filesystem::path& folder);

/// A key as the documentation names it.
struct ConfigKey {
    std::string path;   // "sessions.idle_seconds"
    std::string value;  // the default; empty where there is none
    std::string range;  // "300 to 3600"; empty where it is told in words
};
std::vector<ConfigKey> config_keys();

/// "host:port" of an origin such as https://accounts.example; the default port is left out, as in a Host
/// header.
std::string host_of_url(std::string_view url);

}  // namespace sallyport::app
