/** Field schemas that several kinds of message share. Their checks stay inside: whoever parses a message has run them. */
export { type Amount, AmountSchema } from './amount.js';
export { ASSET_KINDS, type Asset, type AssetKind, AssetSchema } from './asset.js';
export { assetKey } from './asset-check.js';
export { currencyDigits } from './codes.js';
export { type Entity, EntitySchema } from './entity.js';
export { type Institution, InstitutionSchema } from './institution.js';
export {
  type Extent,
  ExtentSchema,
  MEASURES,
  type Measure,
  type MeasureAction,
  MeasureSchema,
  type PermittedDebit,
  PermittedDebitSchema,
} from './measure.js';
export { isDualCriminalityRisk, type Offence, OffenceSchema, UNCAC_ARTICLES } from './offence.js';
export { type Name, NameSchema } from './person-name.js';
export {
  type Attachment,
  AttachmentSchema,
  type Contact,
  ContactSchema,
  type LegalBasis,
  LegalBasisSchema,
  type Order,
  OrderSchema,
} from './reference.js';
export {
  axesOf,
  isLooser,
  isRelaxation,
  isUnrestricted,
  RESTRICTION_AXES,
  type Relaxation,
  RelaxationSchema,
  type RestrictionAxis,
  relaxed,
  restrictionsAt,
  tightenedAxes,
} from './relaxation.js';
export { parseRestrictions, type Restrictions, RestrictionsSchema, termsHash, USES } from './restrictions.js';
export {
  coversItem,
  isSameBody,
  itemKey,
  type NamedBody,
  NamedBodySchema,
  type SharedItem,
  SharedItemSchema,
} from './shared-item.js';
export {
  type Identifier,
  IdentifierSchema,
  type Ownership,
  OwnershipSchema,
  SUBJECT_ROLES,
  type Subject,
  SubjectSchema,
} from './subject.js';
export { type Prose, ProseSchema } from './text.js';
