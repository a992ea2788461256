// One line per function of PKCS#11 v2.40: what each argument is. s session, l slot, o object, k key (an
// object, with its own code when stale), S and O where a new session or object is put, F an array of found
// objects.
#pragma once

// clang-format off: a table, one letter per argument

#define QUIETUS_PKCS11_FUNCTIONS(F) \
  F(C_Initialize, ".") F(C_Finalize, ".") F(C_GetInfo, ".") F(C_GetSlotList, "...") F(C_GetSlotInfo, "l.") \
  F(C_GetTokenInfo, "l.") F(C_GetMechanismList, "l..") F(C_GetMechanismInfo, "l..") F(C_InitToken, "l...") \
  F(C_InitPIN, "s..") F(C_SetPIN, "s....") F(C_OpenSession, "l...S") F(C_CloseSession, "s") \
  F(C_CloseAllSessions, "l") F(C_GetSessionInfo, "s.") F(C_GetOperationState, "s..") \
  F(C_SetOperationState, "s..kk") F(C_Login, "s...") F(C_Logout, "s") F(C_CreateObject, "s..O") \
  F(C_CopyObject, "so..O") F(C_DestroyObject, "so") F(C_GetObjectSize, "so.") \
  F(C_GetAttributeValue, "so..") F(C_SetAttributeValue, "so..") F(C_FindObjectsInit, "s..") \
  F(C_FindObjects, "sF..") F(C_FindObjectsFinal, "s") F(C_EncryptInit, "s.k") F(C_Encrypt, "s....") \
  F(C_EncryptUpdate, "s....") F(C_EncryptFinal, "s..") F(C_DecryptInit, "s.k") F(C_Decrypt, "s....") \
  F(C_DecryptUpdate, "s....") F(C_DecryptFinal, "s..") F(C_DigestInit, "s.") F(C_Digest, "s....") \
  F(C_DigestUpdate, "s..") F(C_DigestKey, "sk") F(C_DigestFinal, "s..") F(C_SignInit, "s.k") \
  F(C_Sign, "s....") F(C_SignUpdate, "s..") F(C_SignFinal, "s..") F(C_SignRecoverInit, "s.k") \
  F(C_SignRecover, "s....") F(C_VerifyInit, "s.k") F(C_Verify, "s....") F(C_VerifyUpdate, "s..") \
  F(C_VerifyFinal, "s..") F(C_VerifyRecoverInit, "s.k") F(C_VerifyRecover, "s....") \
  F(C_DigestEncryptUpdate, "s....") F(C_DecryptDigestUpdate, "s....") F(C_SignEncryptUpdate, "s....") \
  F(C_DecryptVerifyUpdate, "s....") F(C_GenerateKey, "s...O") F(C_GenerateKeyPair, "s.....OO") \
  F(C_WrapKey, "s.kk..") F(C_UnwrapKey, "s.k....O") F(C_DeriveKey, "s.k..O") F(C_SeedRandom, "s..") \
  F(C_GenerateRandom, "s..") F(C_GetFunctionStatus, "s") F(C_CancelFunction, "s") \
  F(C_WaitForSlotEvent, "...")
// clang-format on
