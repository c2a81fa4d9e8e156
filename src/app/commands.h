#pragma once
// What the command line does. Each gives the exit status.
#include "ports/clock.h"

#include <filesystem>
#include <memory>
#include <string>

namespace sallyport::app {

extern const char* const version;

/// Loopback only. Reads SALLYPORT_LISTEN, SALLYPORT_PRIVATE_LISTEN, SALLYPORT_DATA, SALLYPORT_CONFIG and
/// SALLYPORT_DEV_TOKEN; ends with SIGINT or SIGTERM.
int run_dev();
int run_serve(const std::filesystem::path& config);
int run_check_config(const std::filesystem::path& config);
int run_doctor(const std::filesystem::path& config);
/// Prints the records that the domain must publish.
int run_dns(const std::filesystem::path& config);
/// Prints what a document of official channels says, if one of the keys signed it. Both: a file, or an
/// https:// address; `keys` empty: of the address that the document came from.
int run_verify_channels(const std::string& document, const std::string& keys);
/// Kinds of mail that the breaker stopped (policy/mail_breaker.h), and how many rows wait.
int run_list_stopped_mail(const std::filesystem::path& config);
/// The operator's word on a stopped kind: it leaves, or never does.
int run_end_stop(const std::filesystem::path& config, const std::string& mail, bool release);
/// Takes a report on a mail (RFC 3464, RFC 5965) from standard input. `to`: its envelope recipient. What is
/// no report of ours is ignored; 75 (EX_TEMPFAIL) where the mail server should try again.
int run_take_bounce(const std::filesystem::path& config, const std::string& to);
/// Fakes that people reported, by host and sender, of the last `days`; as a table or as JSON.
int run_list_fakes(const std::filesystem::path& config, int days, bool json);
/// One report by its number, or the reports of one host or sender. `folder`: also writes text and picture of
/// a report there; empty: does not.
int run_show_fakes(const std::filesystem::path& config, const std::string& what, const std::string& folder);
/// What was found out; whoever reported it while signed in is told by the server.
int run_answer_fake(const std::filesystem::path& config, const std::string& reference, bool fake);
int run_calibrate(int target_ms);
int run_create_keys(const std::string& file);

/// The clock of this program: the machine's; in the test program one that tests can move.
std::unique_ptr<ports::Clock> make_clock();

/// In a development folder: `serve` refuses to open it.
inline constexpr const char* development_mark = "development-only";

}  // namespace sallyport::app
