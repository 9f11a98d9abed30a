using System.Runtime.InteropServices;

namespace Switch.Routing;

/// <summary>
/// What the first digits of a card decide: the card's facts and the matrix rows that follow from them. Neighbouring
/// ranges with the same answer share a cell, so that the few thousand in use stay in the cache.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct CardCell(CardInfo Info, int SchemeRow, int CountryRow, int FundingRow, int BinRow);
