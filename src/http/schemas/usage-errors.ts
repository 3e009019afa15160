import { commonErrors, errorAnswer } from './error.ts'

/** What a call that records usage may be refused with. */
export const usageErrors = {
  ...commonErrors,
  400: errorAnswer(
    '`invalid_request`, `invalid_quantity`, `feature_not_usage`, `usage_too_old` or `usage_in_future`: nothing was recorded.',
  ),
  404: errorAnswer('`unknown_feature` or `unknown_customer`: nothing was recorded.'),
  409: errorAnswer(
    '`usage_id_reused`: the id is on record for another use; `details` has both. Nothing was recorded.',
  ),
  413: errorAnswer('`body_too_large`'),
}
