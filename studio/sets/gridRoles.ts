// What a grid of pictures says of itself to those who can't see it: the pattern "grid" of WAI-ARIA, whose rows out of sight are counted though they are not there.

export function gridRole(label: string, rows: number, columns: number, active: string | undefined) {
  return {
    role: "grid",
    tabIndex: 0,
    "aria-label": label,
    "aria-multiselectable": true,
    "aria-rowcount": rows,
    "aria-colcount": columns,
    "aria-activedescendant": active,
  } as const;
}

export function rowRole(row: number) {
  return { role: "row", "aria-rowindex": row + 1 } as const;
}

export function cellRole(label: string, column: number, isSelected: boolean) {
  return {
    role: "gridcell",
    "aria-label": label,
    "aria-colindex": column + 1,
    "aria-selected": isSelected,
  } as const;
}
