"""Beam stages and the plan that strings them. The only room that imports Beam."""
