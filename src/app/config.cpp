#include "app/config.h"

#include "base/phone_number.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace sallyport::app {

namespace {

using Problems = std::vector<ConfigProblem>;

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
        : m_name(std::move(name)), m_table(root[m_name].as_table()), m_reading(reading)
    {
        if (m_table == nullptr && root.contains(m_name))
            complain(root.get(m_name)->source(), "[" + m_name + "] must be a table");
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

/// Without the port.
std::string host_name_of(std::string_view url)
{
    const std::string host = host_of_url(url);
    const bool literal = host.starts_with('[');  // an IPv6 address
    return literal ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
}

void check_url(const std::string& name, const std::string& url, Problems& problems)
{
    const bool scheme = url.starts_with("https://") || url.starts_with("http://");
    const std::string host = scheme ? host_of_url(url) : std::string();
    if (host.empty() || url.substr(url.find("://") + 3).find_first_of("/?#@ ") != std::string::npos)
        problems.push_back({0, name + " must be an origin such as https://accounts.example, without a path"});
}

void check_sections(const toml::table& root, Problems& problems)
{
    const std::vector<std::string> sections{
        "public",    "listen",  "database", "keys",     "brand",   "mail",    "texts", "codes",
        "passwords", "factors", "reset",    "sessions", "sign_in", "step_up", "tries", "trusted_browsers"};
    for (const auto& [key, node] : root) {
        const std::string name(key.str());
        if (std::ranges::find(sections, name) == sections.end())
            problems.push_back(
                {static_cast<std::int64_t>(node.source().begin.line),
                 "unknown section [" + name + "]; did you mean [" + nearest(name, sections) + "]?"});
    }
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
        .texts("regions", c.text_regions)
        .limits(policy::challenge::named_limits(c.texts))
        .end();
    Section(root, "codes", reading).limits(policy::challenge::named_limits(c.codes)).end();
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
        .text("relay", c.relay)
        .one_of("relay_tls", c.relay_tls, {"required", "optional", "none"})
        .text("relay_user", c.relay_user)
        .file("relay_password_file", c.relay_password_file, folder)
        .file("relay_ca_file", c.relay_ca_file, folder)
        .end();
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

void check_brand(const Config& config, Problems& problems)
{
    constexpr std::size_t name_bytes_max = 64;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (config.brand.empty() || config.brand.size() > name_bytes_max || config.brand.contains(':') ||
        std::ranges::any_of(config.brand, is_control))
        problems.push_back({0, "brand.name must have 1 to 64 bytes, and no colon and no control character: "
                               "authenticator apps show it"});
    const bool https = config.terms.starts_with("https://") && config.terms.size() > 8 &&
                       config.terms[8] != '/' && std::ranges::none_of(config.terms, [&](char c) {
                           return is_control(c) || c == ' ' || c == '"' || c == '<' || c == '>';
                       });
    if (!config.terms.empty() && !https)
        problems.push_back({0, "brand.terms must be an address such as https://exchange.example/terms"});
}

/// WebAuthn level 3, sections 5.1.2 and 5.11: the RP ID is the host or a domain above it, and a browser needs
/// to look at five related domains only.
void check_passkeys(const Config& config, Problems& problems)
{
    constexpr std::size_t related_max = 5;
    const std::string host = host_name_of(config.public_url);
    if (host != config.rp_id && !host.ends_with("." + config.rp_id))
        problems.push_back({0,
                            "public.rp_id must be the host of public.url or a domain above it: passkeys work "
                            "nowhere else"});
    if (config.related_origins.size() > related_max)
        problems.push_back({0, "public.related_origins may have 5 addresses: browsers look at no more"});
    for (const std::string& origin : config.related_origins) {
        check_url("public.related_origins", origin, problems);
        if (!origin.starts_with("https://"))
            problems.push_back({0, "public.related_origins must be https addresses"});
    }
}

void check_texts(const Config& config, Problems& problems)
{
    for (const std::string& region : config.text_regions)
        if (std::ranges::find(phone_regions(), region, &PhoneRegion::region) == phone_regions().end())
            problems.push_back(
                {0, "texts.regions: \"" + region + "\" is no region such as \"PT\" (ISO 3166-1 alpha-2)"});
}

/// Reads into members, and checks what one key alone does not tell.
Config read_config(const toml::table& root, const std::filesystem::path& folder, Reading& reading)
{
    check_sections(root, reading.problems);
    Config config = read_sections(root, folder, reading);
    check_url("public.url", config.public_url, reading.problems);
    if (config.rp_id.empty()) config.rp_id = host_name_of(config.public_url);
    check_passkeys(config, reading.problems);
    if (!config.app_prefix.starts_with('/') || !config.app_prefix.ends_with('/') || config.app_prefix == "/")
        reading.problems.push_back({0, "public.app_prefix must be a path like /app/"});
    check_brand(config, reading.problems);
    check_texts(config, reading.problems);
    return config;
}

}  // namespace

std::string host_of_url(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    std::string_view host = url.substr(scheme + 3);
    const std::string_view standard_port = url.starts_with("https") ? ":443" : ":80";
    if (host.ends_with(standard_port)) host.remove_suffix(standard_port.size());
    return std::string(host);
}

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
