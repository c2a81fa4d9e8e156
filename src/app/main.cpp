// The command line. Exit status: 0 done, 1 it went wrong, 2 it was called wrongly.
#include "adapters/log_sink.h"
#include "adapters/system_random.h"
#include "app/commands.h"
#include "base/log.h"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>

int main(int argc, char** argv)
{
    using namespace sallyport;
    CLI::App line{"Sallyport: the front door of a digital-asset exchange"};
    line.set_version_flag("--version", std::string("sallyport ") + app::version);
    line.require_subcommand(1);
    std::string config = "/etc/sallyport/sallyport.toml";
    std::string key_file;
    int target_ms = 20;

    CLI::App* const dev =
        line.add_subcommand("dev", "serves on this machine only, with a development mailbox");
    CLI::App* const serve = line.add_subcommand("serve", "serves in production");
    CLI::App* const check = line.add_subcommand("check-config", "says what is wrong in a configuration file");
    CLI::App* const doctor =
        line.add_subcommand("doctor", "says what is wrong with this installation, and what to do");
    CLI::App* const dns = line.add_subcommand("dns", "prints what the mail domain must publish");
    std::string document;
    std::string keys_place;
    CLI::App* const channels = line.add_subcommand("channels", "the list of official channels");
    CLI::App* const verify = channels->add_subcommand("verify", "checks a copy of it, of anybody");
    verify->add_option("FILE_OR_URL", document, "where it is")->required();
    verify->add_option("--keys", keys_place, "the exchange's keys (its /.well-known/jwks.json): file or URL");
    channels->require_subcommand(1);
    CLI::App* const hash = line.add_subcommand("hash", "password hashing");
    CLI::App* const calibrate =
        hash->add_subcommand("calibrate", "measures and proposes Argon2id parameters");
    CLI::App* const keys = line.add_subcommand("keys", "the key file");
    CLI::App* const create =
        keys->add_subcommand("create", "writes a new key file; never touches an old one");
    hash->require_subcommand(1);
    keys->require_subcommand(1);
    for (CLI::App* const command : {serve, check, doctor, dns})
        command->add_option("--config", config, "the configuration file")->capture_default_str();
    calibrate->add_option("--target-ms", target_ms, "how long one hash may take")
        ->check(CLI::Range(5, 2000))
        ->capture_default_str();
    create->add_option("FILE", key_file, "where to write it")->required();

    try {
        line.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return line.exit(error) == 0 ? 0 : 2;
    }
    adapters::LogSink sink;
    log::install(&sink);
    try {
        if (dev->parsed()) return app::run_dev();
        if (serve->parsed()) return app::run_serve(config);
        if (check->parsed()) return app::run_check_config(config);
        if (doctor->parsed()) return app::run_doctor(config);
        if (verify->parsed()) return app::run_verify_channels(document, keys_place);
        if (dns->parsed()) return app::run_dns(config);
        if (calibrate->parsed()) return app::run_calibrate(target_ms);
        return app::run_create_keys(key_file);
    } catch (const std::exception& error) {
        std::cerr << "sallyport: " << error.what() << '\n';
        return 1;
    }
}
