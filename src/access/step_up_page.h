#pragma once
// A25: the page that asks for a fresh proof, and the answer to a proof that was not right. One for all rooms.
//
//   GET  /account/reauth/{id}         show_step_up(access, request, who, id)
//   POST /account/…/confirm           prove_posted(access, request, who, purpose, "/account/…", deed)
#include "access/step_up.h"

namespace sallyport::access {

/// Fields of the form that A25 posts to StepUpRequest::confirm_path. `by`: which code it is, after a
/// password.
inline constexpr std::string_view step_up_field = "step_up";
inline constexpr std::string_view proof_field = "proof";
inline constexpr std::string_view recovery_field = "recovery";
inline constexpr std::string_view by_field = "by";              // "mail", "text" or "kit"
inline constexpr std::string_view password_field = "password";  // before a key that is only touched

/// `outcome` is never `done`. `start_path`: where a dead row leads (R2), a page of ours. Programs get problem
/// details: proof_wrong, proof_replayed, code_over (422), too_many_tries (429), busy (503), step_up_over
/// (410), and where the account has only weaker factors than the deed asks for stronger_factor_needed (403).
Task<http::Response> show_step_up(const Access& access, http::Request request, SignedIn who, std::string id,
                                  std::optional<ProofOutcome> outcome = std::nullopt,
                                  std::string start_path = "/account");

/// POST /account/reauth/{id}/options: what a script asks a passkey (web/scripts/passkey.ts); with ?besides
/// the keys that come after the password.
Task<http::Response> passkey_options(const Access& access, http::Request request, SignedIn who);

/// POST /account/reauth/{id}/password: the password, where a code (`proof`) or a key (`password`) follows it.
Task<http::Response> post_step_up_password(const Access& access, http::Request request, SignedIn who);
/// POST /account/reauth/{id}/send: `by` ("mail", "text", "call") and `target`, as the page has them.
Task<http::Response> post_step_up_send(const Access& access, http::Request request, SignedIn who);

/// prove() with what the form of A25 brought. nullopt: the deed is done; else the answer, as show_step_up's,
/// and `request`, which outlives the task, is used up.
Task<std::optional<http::Response>> prove_posted(const Access& access, http::Request& request, SignedIn who,
                                                 std::string purpose, std::string start_path,
                                                 std::function<void(Deed&)> deed);

}  // namespace sallyport::access
