/** A page that answered a POST is asked for by GET on Back, Forward and reload: the browser forgets what was
 *  sent, and has no "Confirm form resubmission" to show (R3). */
export function start_history(): void {
  history.replaceState(history.state, "", location.href);
}
