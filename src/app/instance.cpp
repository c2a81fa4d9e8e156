#include "app/instance.h"

#include "access/session_cache.h"
#include "access/visitor.h"
#include "adapters/background.h"
#include "adapters/breach_range.h"
#include "adapters/smtp.h"
#include "app/error_pages.h"
#include "app/housekeeping.h"
#include "app/mail_keys.h"
#include "app/mail_room.h"
#include "app/routes.h"
#include "base/log.h"
#include "crypto/jws.h"
#include "crypto/key_file.h"
#include "crypto/mac.h"
#include "crypto/password_pool.h"
#include "crypto/seal.h"
#include "db/open.h"
#include "http/client_address.h"
#include "http/metrics.h"
#include "http/server.h"
#include "proof/blocklist.h"
#include "proof/world.h"
#include "store/accounts.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace sallyport::app {

namespace {

crypto::KeyRing load_keys(const Config& config, bool may_create, ports::Random& random)
{
    auto keys = crypto::KeyRing::load(config.key_file.string());
    if (!keys && keys.error().kind == crypto::KeyFileError::Kind::missing && may_create)
        keys = crypto::KeyRing::create(config.key_file.string(), random);
    if (!keys) throw StartFailed(keys.error().message);
    return std::move(*keys);
}

/// A database server may come up later; a folder that is not there, or is closed to us, is a mistake to be
/// mended first.
void check_folder(const std::filesystem::path& file)
{
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    if (::access(folder.c_str(), W_OK | X_OK) == 0) {
        if (::access(file.c_str(), F_OK) != 0 || ::access(file.c_str(), R_OK | W_OK) == 0) return;
        throw StartFailed("cannot write the database " + file.string() + ": " + std::strerror(errno) +
                          "; let this user read and write it");
    }
    throw StartFailed("cannot write in the folder of the database, " + folder.string() + ": " +
                      std::strerror(errno) +
                      "; make it, or let this user write in it, or name another in database.location");
}

db::Location location_of(const Config& config)
{
    const auto location = db::parse_location(config.database);
    if (!location) throw StartFailed("database.location must be sqlite:PATH or postgres:CONNINFO");
    if (location->engine == db::Engine::sqlite) check_folder(location->target);
    return *location;
}

crypto::HashParameters hash_parameters(const Config& config)
{
    return {static_cast<std::uint32_t>(config.hash_memory_kib),
            static_cast<std::uint32_t>(config.hash_passes)};
}

crypto::PoolOptions pool_options(const Config& config)
{
    crypto::PoolOptions options;
    options.workers = static_cast<unsigned>(config.hash_workers);
    options.queue_max = static_cast<std::size_t>(config.hash_queue_max);
    options.memory_kib_max =
        static_cast<std::uint32_t>(std::max(config.hash_memory_max_kib, config.hash_memory_kib));
    return options;
}

proof::Brand brand_of(const Config& config)
{
    proof::Brand brand{
        config.brand,           config.brand_names, config.public_url, host_of_url(config.public_url),
        config.support_address, config.terms,       config.rp_id,      config.related_origins};
    brand.names.push_back(config.brand);
    brand.names.push_back(brand.host);
    return brand;
}

http::ServerOptions server_options(const Config& config)
{
    http::ServerOptions options;
    options.listen = config.listen;
    options.private_listen = config.private_listen;
    options.allowed_hosts = config.allowed_hosts;
    options.event_loops = static_cast<std::size_t>(config.event_loops);
    for (const std::string& text : config.trusted_proxies) {
        const auto network = http::Network::parse(text);
        if (!network)
            throw StartFailed("listen.trusted_proxies: \"" + text + "\" is no network such as 10.0.0.0/8");
        options.trusted_proxies.push_back(*network);
    }
    return options;
}

policy::profile::Table methods_of(const Config& config, bool development)
{
    using policy::profile::Profile;
    auto table = policy::profile::table_of(config.profile == "strict" ? Profile::strict : Profile::standard);
    if (!config.passkeys) table.passkey = table.bound_passkey = table.touched_key = false;
    table.email_code = table.email_code && config.email_codes;
    table.trusted_browsers = table.trusted_browsers && config.trusted_browsers;
    table.sms_code = table.sms_code && config.sms_codes && (development || config.text_service != "none");
    if (table.hardware_key_required && !table.bound_passkey)
        throw StartFailed("factors.profile \"strict\" needs hardware keys: set factors.passkeys to true");
    return table;
}

Secret report_secret_of(const Config& config)
{
    constexpr std::size_t secret_bytes_min = 32;
    Secret secret = read_secret("bounces.webhook_secret_file", config.bounce_secret_file);
    if (!config.bounce_secret_file.empty() && secret.size() < secret_bytes_min)
        throw StartFailed("bounces.webhook_secret_file must have 32 bytes or more: `openssl rand -hex 32`");
    return secret;
}

std::unique_ptr<ports::BreachRange> breach_range_of(const Config& config)
{
    if (config.range_service.empty()) return nullptr;
    adapters::BreachRangeOptions options{config.range_service, {}, std::chrono::milliseconds{2000}};
    if (const auto problem = adapters::HttpBreachRange::problem_with(options))
        throw StartFailed("passwords.range_service: " + *problem);
    return std::make_unique<adapters::HttpBreachRange>(std::move(options));
}

/// Hashes that are stored already may need more memory than the pool may take: then nobody could sign in.
/// Where the database is down, the hash that needs it says the same in the log.
std::optional<StartError> hash_too_dear(db::Database& database, const Config& config)
{
    std::optional<crypto::HashParameters> dearest;
    try {
        dearest = sync_wait(database.transact([](db::Tx& tx) { return store::dearest_hash_parameters(tx); }));
    } catch (const Unavailable&) {
        return std::nullopt;
    }
    const std::uint32_t allowed = pool_options(config).memory_kib_max;
    if (!dearest || dearest->memory_kib <= allowed) return std::nullopt;
    return StartError{"the database holds password hashes of " + std::to_string(dearest->memory_kib) +
                      " KiB, and one hash may take " + std::to_string(allowed) +
                      " KiB: nobody could sign in. Set passwords.hash_memory_max_kib to " +
                      std::to_string(dearest->memory_kib) + " or more"};
}

}  // namespace

struct Instance::Parts {
    Parts(const Config& given, std::optional<Development> dev, const ports::Clock& the_clock,
          ports::Random& the_random)
        : config(given), development(std::move(dev)), clock(the_clock), random(the_random),
          keys(load_keys(config, development.has_value(), random)), sealer(keys, random), rows(keys),
          index(keys), peppers(keys), signer(keys), database(db::open(location_of(config))),
          hashes(pool_options(config), random, [this] { return clock.now(); }),
          breach_range(breach_range_of(config)), world{*database,
                                                       clock,
                                                       random,
                                                       {sealer, rows, index},
                                                       peppers,
                                                       hashes,
                                                       breach_range.get(),
                                                       hash_parameters(config),
                                                       config.tries,
                                                       config.sessions,
                                                       config.passwords,
                                                       config.second_factor_mandatory,
                                                       brand_of(config),
                                                       [this] { mail->wake(); },
                                                       config.sign_in,
                                                       config.step_up,
                                                       methods_of(config, development.has_value()),
                                                       config.codes,
                                                       config.texts,
                                                       config.text_regions,
                                                       development ? true : config.text_calls,
                                                       config.trust},
          sessions(*database, world.keys, clock, world.sessions), access(world, sessions),
          error_pages(access), report_secret(report_secret_of(config)),
          mail(std::make_unique<MailRoom>(config, world, development.has_value()))
    {
        background.every("revocations", access::SessionCache::poll_every,
                         [this] { return sessions.read_revocations(); });
        background.every("last_seen", access::SessionCache::write_seen_every,
                         [this] { return sessions.write_last_seen(); });
        background.every("housekeeping", Housekeeping::every, [this] { return housekeeping.sweep(world); });
        background.every("changes", Housekeeping::look_for_due_every,
                         [this] { return housekeeping.do_what_is_due(world); });
        add_all_routes(router, {config, access, signer, metrics, *mail,
                                development ? &development->token : nullptr, &report_secret});
        server.emplace(server_options(config), router, error_pages, metrics, clock, random);
        proof::Blocklist::embedded();  // its digest is checked now, not at the first sign-up
    }

    Config config;
    std::optional<Development> development;
    const ports::Clock& clock;
    ports::Random& random;
    crypto::KeyRing keys;
    crypto::Sealer sealer;
    crypto::RowAuthenticator rows;
    crypto::IndexKey index;
    crypto::Peppers peppers;
    crypto::JwsSigner signer;
    std::unique_ptr<db::Database> database;
    crypto::PasswordPool hashes;
    std::unique_ptr<ports::BreachRange> breach_range;
    proof::World world;
    access::SessionCache sessions;
    access::Access access;
    http::Metrics metrics;
    Housekeeping housekeeping;
    ErrorPages error_pages;
    Secret report_secret;
    std::unique_ptr<MailRoom> mail;
    http::Router router;
    adapters::Background background;
    std::optional<http::Server> server;
};

Instance::Instance(const Config& config, std::optional<Development> development, const ports::Clock& clock,
                   ports::Random& random)
    : m_parts(std::make_unique<Parts>(config, std::move(development), clock, random))
{
}

Instance::~Instance() { stop(); }

std::optional<StartError> Instance::start()
{
    if (auto error = hash_too_dear(*m_parts->database, m_parts->config)) return error;
    if (const auto error = m_parts->server->listen())
        return StartError{"cannot listen on " + error->address + ": " + error->reason};
    // Where the system chose the port, the public address is the one that it chose.
    if (m_parts->development) m_parts->server->allow_host("localhost:" + std::to_string(public_port()));
    m_parts->background.start();
    m_parts->server->start();
    return std::nullopt;
}

void Instance::stop()
{
    m_parts->server->stop();
    m_parts->background.stop();
}

std::uint16_t Instance::public_port() const noexcept { return m_parts->server->public_port(); }
std::uint16_t Instance::private_port() const noexcept { return m_parts->server->private_port(); }

}  // namespace sallyport::app
