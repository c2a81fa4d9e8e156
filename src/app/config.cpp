#include "app/config.h"

#include "app/config_checks.h"
#include "slices/messages/dkim.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace sallyport::app {

namespace {

/// Edit distance, for naming the key that was meant.
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

std::string nearest(std::string_view wrong, const std::vector<std::string>& right)
{
    const auto best =
        std::ranges::min_element(right, {}, [&](const std::string& key) { return distance(wrong, key); });
    return best == right.end() ? std::string() : *best;
}

/// What reading a file makes: the complaints, and every key that there is.
struct Reading {
    Problems problems;
    std::vector<ConfigKey> keys;
};

/// Reads the keys of one [section] into members, and then complains about every key that was not asked for.
class Section {
public:
    Section(const toml::table& root, std::string name, Reading& reading)
        : Section(root.get(name), name, reading)
    {
    }
    /// `node`: null where the file has none.
    Section(const toml::node* node, std::string name, Reading& reading)
        : m_name(std::move(name)), m_table(node == nullptr ? nullptr : node->as_table()), m_reading(reading)
    {
        if (m_table == nullptr && node != nullptr)
            complain(node->source(), "[" + m_name + "] must be a table");
    }

    Section& text(const std::string& key, std::string& into, const std::string& range = {})
    {
        note(key, into, range);
        if (const toml::node* const node = find(key)) {
            if (const auto value = node->value_exact<std::string>())
                into = *value;
            else
                complain(node->source(), path(key) + " must be text in quotes");
        }
        return *this;
    }

    Section& one_of(const std::string& key, std::string& into, const std::vector<std::string>& allowed)
    {
        std::string range;
        for (const std::string& one : allowed) range.append(range.empty() ? "" : ", ").append(one);
        text(key, into, range);
        if (const toml::node* const node = find(key);
            node != nullptr && std::ranges::find(allowed, into) == allowed.end()) {
            complain(node->source(),
                     path(key) + " is \"" + into + "\"; did you mean \"" + nearest(into, allowed) + "\"?");
        }
        return *this;
    }

    Section& texts(const std::string& key, std::vector<std::string>& into)
    {
        note(key, {}, {});
        const toml::node* const node = find(key);
        if (node == nullptr) return *this;
        const toml::array* const list = node->as_array();
        if (list == nullptr || !list->is_homogeneous(toml::node_type::string)) {
            complain(node->source(), path(key) + " must be a list of texts, like [\"a\", \"b\"]");
            return *this;
        }
        into.clear();
        for (const toml::node& entry : *list) into.push_back(*entry.value<std::string>());
        return *this;
    }

    Section& number(const std::string& key, std::int64_t& into, std::int64_t least, std::int64_t most)
    {
        note(key, std::to_string(into), std::to_string(least) + " to " + std::to_string(most));
        const toml::node* const node = find(key);
        if (node == nullptr) return *this;
        const auto value = node->value_exact<std::int64_t>();
        if (!value)
            complain(node->source(), path(key) + " must be a whole number");
        else if (*value < least || *value > most)
            complain(node->source(), path(key) + " is " + std::to_string(*value) + "; allowed is " +
                                         std::to_string(least) + " to " + std::to_string(most));
        else
            into = *value;
        return *this;
    }

    /// Limits of the law, with the ranges that policy gives them; times in whole seconds.
    Section& limits(const policy::NamedLimits& named)
    {
        constexpr std::int64_t ms_a_second = 1000;
        for (const policy::NamedLimit& limit : named) {
            const std::int64_t unit = limit.is_time() ? ms_a_second : 1;
            std::int64_t value = limit.number() / unit;
            number(limit.name + std::string(limit.is_time() ? "_seconds" : ""), value,
                   limit.range.least / unit, limit.range.most / unit);
            if (limit.is_time())
                *std::get<Duration*>(limit.value) = std::chrono::seconds{value};
            else
                *std::get<std::int64_t*>(limit.value) = value;
        }
        return *this;
    }

    Section& flag(const std::string& key, bool& into)
    {
        note(key, into ? "true" : "false", "true, false");
        if (const toml::node* const node = find(key)) {
            if (const auto value = node->value_exact<bool>())
                into = *value;
            else
                complain(node->source(), path(key) + " must be true or false");
        }
        return *this;
    }

    Section& file(const std::string& key, std::filesystem::path& into, const std::filesystem::path& folder)
    {
        std::string name = into.string();
        text(key, name);
        into = name.empty() ? std::filesystem::path() : folder / name;
        return *this;
    }

    void end()
    {
        if (m_table == nullptr) return;
        for (const auto& [key, node] : *m_table) {
            const std::string name(key.str());
            if (std::ranges::find(m_known, name) == m_known.end())
                complain(node.source(), "unknown key " + path(name) + "; did you mean " +
                                            path(nearest(name, m_known)) + "?");
        }
    }

private:
    const toml::node* find(const std::string& key)
    {
        if (std::ranges::find(m_known, key) == m_known.end()) m_known.push_back(key);
        return m_table == nullptr ? nullptr : m_table->get(key);
    }
    void note(const std::string& key, std::string value, std::string range)
    {
        m_reading.keys.push_back({path(key), std::move(value), std::move(range)});
    }
    std::string path(const std::string& key) const { return m_name + "." + key; }
    void complain(const toml::source_region& where, std::string text)
    {
        m_reading.problems.push_back({static_cast<std::int64_t>(where.begin.line), std::move(text)});
    }

    std::string m_name;
    const toml::table* m_table;
    Reading& m_reading;
    std::vector<std::string> m_known;
};

void check_sections(const toml::table& root, Problems& problems)
{
    const std::vector<std::string> sections{
        "public",  "listen", "database", "keys",    "brand",   "mail",  "bounces",
        "relay",   "dkim",   "channels", "dns",     "texts",   "codes", "passwords",
        "factors", "reset",  "sessions", "sign_in", "step_up", "tries", "trusted_browsers"};
    for (const auto& [key, node] : root) {
        const std::string name(key.str());
        if (std::ranges::find(sections, name) == sections.end())
            problems.push_back(
                {static_cast<std::int64_t>(node.source().begin.line),
                 "unknown section [" + name + "]; did you mean [" + nearest(name, sections) + "]?"});
    }
}

/// Where mail goes and comes back to; one `[relay]`, or several `[[relay]]`.
void read_relays(const toml::table& root, const std::filesystem::path& folder, Reading& reading, Config& c)
{
    Section(root, "bounces", reading)
        .text("address", c.bounce_address)
        .file("webhook_secret_file", c.bounce_secret_file, folder)
        .end();
    constexpr std::int64_t a_minute_most = 1'000'000;
    const auto read = [&](const toml::node* node) {
        Config::Relay& relay = c.relays.emplace_back();
        Section(node, "relay", reading)
            .text("url", relay.url)
            .one_of("tls", relay.tls, {"required", "optional", "none"})
            .text("user", relay.user)
            .file("password_file", relay.password_file, folder)
            .file("ca_file", relay.ca_file, folder)
            .number("a_minute_max", relay.a_minute_max, 0, a_minute_most)
            .end();
    };
    const toml::node* const node = root.get("relay");
    const toml::array* const several = node == nullptr ? nullptr : node->as_array();
    if (several == nullptr || several->empty()) {
        read(several == nullptr ? node : nullptr);
        return;
    }
    for (const toml::node& one : *several) read(&one);
}

void read_texts(const toml::table& root, const std::filesystem::path& folder, Reading& reading, Config& c)
{
    Section(root, "texts", reading)
        .one_of("service", c.text_service, {"none", "webhook", "twilio"})
        .text("url", c.text_url)
        .text("account", c.text_account)
        .text("key", c.text_key)
        .text("from", c.text_from)
        .file("secret_file", c.text_secret_file, folder)
        .file("ca_file", c.text_ca_file, folder)
        .flag("calls", c.text_calls)
        .text("call_from", c.text_call_from)
        .texts("regions", c.text_regions)
        .limits(policy::challenge::named_limits(c.texts))
        .end();
    Section(root, "codes", reading).limits(policy::challenge::named_limits(c.codes)).end();
}

/// "SELECTOR:FILE" each.
void read_key_files(Section& section, const std::string& key, const std::filesystem::path& folder,
                    Problems& problems, std::vector<Config::DkimKeyFile>& into)
{
    std::vector<std::string> texts;
    section.texts(key, texts);
    for (const std::string& one : texts) {
        const std::size_t colon = one.find(':');
        if (colon == std::string::npos || colon + 1 == one.size() ||
            !messages::is_dns_name(one.substr(0, colon)))
            problems.push_back(
                {0, "dkim." + key + ": \"" + one + "\" must be SELECTOR:FILE, like \"s1:dkim.pem\""});
        else
            into.push_back({one.substr(0, colon), folder / one.substr(colon + 1)});
    }
}

void read_dns(const toml::table& root, const std::filesystem::path& folder, Reading& reading, Config& c)
{
    Section dkim(root, "dkim", reading);
    dkim.text("domain", c.dkim_domain);
    read_key_files(dkim, "keys", folder, reading.problems, c.dkim_keys);
    read_key_files(dkim, "standby", folder, reading.problems, c.dkim_standby);
    dkim.end();
    Section(root, "dns", reading)
        .texts("senders", c.dns_senders)
        .texts("mx", c.dns_mx)
        .text("reports", c.dns_reports)
        .end();
    Section(root, "channels", reading)
        .number("version", c.channels_version, 1, 1'000'000'000)
        .texts("domains", c.channel_domains)
        .texts("senders", c.channel_senders)
        .texts("text_senders", c.channel_text_senders)
        .texts("phones", c.channel_phones)
        .texts("handles", c.channel_handles)
        .texts("apps", c.channel_apps)
        .end();
}

Config read_sections(const toml::table& root, const std::filesystem::path& folder, Reading& reading)
{
    Config c;
    Section(root, "public", reading)
        .text("url", c.public_url)
        .texts("allowed_hosts", c.allowed_hosts)
        .text("rp_id", c.rp_id)
        .texts("related_origins", c.related_origins)
        .text("app_prefix", c.app_prefix)
        .end();
    Section(root, "listen", reading)
        .text("public", c.listen)
        .text("private", c.private_listen)
        .texts("trusted_proxies", c.trusted_proxies)
        .number("event_loops", c.event_loops, 0, 256)
        .end();
    Section(root, "database", reading).text("location", c.database).end();
    Section(root, "keys", reading).file("file", c.key_file, folder).end();
    Section(root, "brand", reading)
        .text("name", c.brand)
        .texts("other_names", c.brand_names)
        .text("support_address", c.support_address)
        .text("terms", c.terms)
        .end();
    Section(root, "mail", reading)
        .text("from_name", c.mail_from_name)
        .text("from", c.mail_from)
        .limits(policy::mail_breaker::named_limits(c.mail_breaker))
        .end();
    read_relays(root, folder, reading, c);
    read_dns(root, folder, reading, c);
    read_texts(root, folder, reading, c);
    Section(root, "passwords", reading)
        .number("hash_memory_kib", c.hash_memory_kib, 19456, 1048576)
        .number("hash_memory_max_kib", c.hash_memory_max_kib, 19456, 1048576)
        .number("hash_passes", c.hash_passes, 1, 20)
        .number("hash_workers", c.hash_workers, 1, 64)
        .number("hash_queue_max", c.hash_queue_max, 1, 4096)
        .text("range_service", c.range_service)
        .flag("second_factor_mandatory", c.second_factor_mandatory)
        .limits(policy::passwords::named_limits(c.passwords))
        .end();
    Section(root, "factors", reading)
        .one_of("profile", c.profile, {"standard", "strict"})
        .flag("passkeys", c.passkeys)
        .flag("email_codes", c.email_codes)
        .flag("sms_codes", c.sms_codes)
        .flag("trusted_browsers", c.trusted_browsers)
        .end();
    Section(root, "reset", reading).flag("mail_link", c.reset_link).end();
    Section(root, "sessions", reading).limits(policy::sessions::named_limits(c.sessions)).end();
    Section(root, "sign_in", reading).limits(policy::sign_in::named_limits(c.sign_in)).end();
    Section(root, "step_up", reading).limits(policy::step_up::named_limits(c.step_up)).end();
    Section(root, "tries", reading).limits(policy::throttle::named_limits(c.tries)).end();
    Section(root, "trusted_browsers", reading).limits(policy::trusted_browsers::named_limits(c.trust)).end();
    return c;
}

/// Reads into members, and checks what one key alone does not tell.
Config read_config(const toml::table& root, const std::filesystem::path& folder, Reading& reading)
{
    check_sections(root, reading.problems);
    Config config = read_sections(root, folder, reading);
    if (config.rp_id.empty()) config.rp_id = host_name_of_url(config.public_url);
    check_whole(config, reading.problems);
    return config;
}

}  // namespace

std::variant<Config, Problems> parse_config(std::string_view text, const std::filesystem::path& folder)
{
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& error) {
        return Problems{
            {static_cast<std::int64_t>(error.source().begin.line), std::string(error.description())}};
    }
    Reading reading;
    Config config = read_config(root, folder, reading);
    if (config.allowed_hosts.empty()) config.allowed_hosts.push_back(host_of_url(config.public_url));
    constexpr std::string_view sqlite = "sqlite:";
    if (config.database.starts_with(sqlite))
        config.database = std::string(sqlite) + (folder / config.database.substr(sqlite.size())).string();
    std::ranges::sort(reading.problems, [](const ConfigProblem& a, const ConfigProblem& b) {
        return std::tie(a.line, a.text) < std::tie(b.line, b.text);
    });
    if (!reading.problems.empty()) return reading.problems;
    return config;
}

std::vector<ConfigKey> config_keys()
{
    Reading reading;
    read_config({}, {}, reading);
    return reading.keys;
}

std::variant<Config, Problems> load_config(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) return Problems{{0, "cannot be read (does it exist, and may this user read it?)"}};
    std::ostringstream text;
    text << in.rdbuf();
    return parse_config(text.str(), std::filesystem::absolute(file).parent_path());
}

}  // namespace sallyport::app
