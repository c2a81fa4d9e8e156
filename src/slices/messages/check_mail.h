#pragma once
// P11 for a whole mail: genuine, altered (which part), or never sent. Asked by anybody, without signing in,
// with the mail as a file or as pasted source and the address where it came.
#include "proof/world.h"
#include "slices/messages/dkim_verify.h"
#include "slices/messages/side_thread.h"
#include "slices/messages/uploaded_mail.h"
#include "store/sent_messages.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sallyport::messages {

/// Uploads that wait for the thread that reads them; more are refused.
inline constexpr std::size_t uploads_waiting_max = 8;

/// What reading uploads needs beside the world. Shared by the routes.
struct MailChecks {
    explicit MailChecks(DkimKeys known) : keys(std::move(known)), side(uploads_waiting_max) {}
    DkimKeys keys;
    SideThread side;
};

/// How the mail of ours lies in what was uploaded.
enum class Found : std::uint8_t { itself, attached, quoted };

struct MailOutcome {
    std::optional<Instant> wait_until;  // the network has asked too often; nothing was read
    bool busy = false;                  // too many uploads at once; nothing was read
    std::optional<UploadProblem> problem;

    policy::mail_checks::Verdict verdict = policy::mail_checks::Verdict::never_sent;
    // All but never_sent have these.
    Found found = Found::itself;
    std::optional<store::SentMessage> message;  // null where only its signature is known
    std::vector<ComparedPart> parts;
    policy::mail_checks::Signature signature = policy::mail_checks::Signature::none;
};

/// One question of a network's budget (the one of numbers), then the mail is read beside the event loop, one
/// number is looked up, and its parts are compared. `recipient`: typed_recipient().
Task<MailOutcome> check_mail(proof::World& world, std::shared_ptr<MailChecks> checks, std::string network,
                             std::string upload, std::string recipient);

}  // namespace sallyport::messages
